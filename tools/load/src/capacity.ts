import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machineFacts } from './machine.ts';
import { measured, taskTargets, warmUp } from './profiles.ts';
import { type LoadedService, loadedServices, ratesFor } from './rates.ts';
import { QUARTER_CORE, runLoad, type Subject, subjectOf } from './run.ts';
import { searchCapacity } from './search.ts';
import { type OwnOptions, startOwnSystem } from './system/own-system.ts';

export interface CapacityOptions extends Pick<OwnOptions, 'store' | 'path'> {
  readonly seed: number;
  readonly stepSeconds: number;
}

const FILE = join(import.meta.dirname, '../results/capacity.json');
const WARM_UP_SECONDS = 5;
/** Warm-up before the first step, without a CPU limit, so that code is compiled when it is measured. */
const FIRST_WARM_UP = { seconds: 15, perMinute: 6_000 };
const SEARCH = { firstPerMinute: 1_500, growth: 2, halvings: 2, mostPerMinute: 60_000 };

/**
 * Measures the capacity of one task of 0.25 vCPU for each service's mix, in requests per minute, and writes it to
 * `tools/load/results/capacity.json`, from which the stacks derive their scaling targets. Resolves to an exit code.
 */
export async function measureCapacity(options: CapacityOptions): Promise<number> {
  const { store, path, stepSeconds } = options;
  await using system = await startOwnSystem({ mode: 'processes', store, path });
  const subject = await subjectOf(system);
  const results: Record<string, object> = {};
  let limitedBy: string | undefined;
  for (const service of loadedServices) {
    const found = await capacityOf(service, subject, options);
    if (!found) {
      log('The first rate already failed; no file was written.');
      return 1;
    }
    const { quarterPercent = 0, residentMb = 0 } = found.report.processes[service] ?? {};
    limitedBy = found.report.limitedBy;
    results[service] = {
      requestsPerMinute: found.perMinute,
      ...(found.failedAt !== undefined && { notCarried: found.failedAt }),
      p99Ms: round(found.report.services[service].p99),
      cpuPercent: round(quarterPercent),
      residentMb: round(residentMb),
    };
  }
  const file = {
    about: `Requests a minute that one task of ${QUARTER_CORE} vCPU carries with p99 < ${taskTargets.p99Ms} ms and CPU < ${taskTargets.quarterPercent} %: npm run capacity`,
    ...results,
    store,
    limitedBy: limitedBy ?? 'CPU time',
    stepSeconds,
    machine: machineFacts(),
  };
  const text = `${JSON.stringify(file, null, 2)}\n`;
  await writeFile(FILE, text);
  process.stdout.write(text);
  return 0;
}

async function capacityOf(service: LoadedService, subject: Subject, { seed, stepSeconds }: CapacityOptions) {
  await runLoad(subject, {
    rates: ratesFor(service, FIRST_WARM_UP.perMinute),
    phases: [measured('first warm-up', 1, FIRST_WARM_UP.seconds)],
    targets: {},
    seed,
  });
  let step = 0;
  return searchCapacity(async (perMinute) => {
    const report = await runLoad(subject, {
      rates: ratesFor(service, perMinute),
      phases: [warmUp(1, WARM_UP_SECONDS), measured('step', 1, stepSeconds)],
      targets: { lateP99Ms: taskTargets.lateP99Ms },
      seed: seed + step++,
      limited: [service],
    });
    const { p99 } = report.services[service];
    const percent = report.processes[service]?.quarterPercent ?? Number.NaN;
    const { invalid, checks } = report.verdict;
    const isWithin =
      checks.every(({ passed }) => passed) && p99 < taskTargets.p99Ms && percent < taskTargets.quarterPercent;
    const carried = invalid.length > 0 ? undefined : isWithin;
    log(
      `${service}, ${perMinute} a minute: p99 ${p99.toFixed(1)} ms, CPU ${percent.toFixed(0)} % of 0.25 core ` +
        `(${report.limitedBy ?? 'not limited, measured by CPU time'}), ${checks[0]?.value} errors: ` +
        (invalid.join('; ') || (carried ? 'passed' : 'failed')),
    );
    return { carried, report };
  }, SEARCH);
}

const log = (line: string) => void process.stderr.write(`${line}\n`);
const round = (value: number) => Math.round(value * 10) / 10;
