import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { machineFacts } from '../machine.ts';
import { type Phase, taskTargets } from '../profiles.ts';
import { ratesFor, type ServiceName } from '../rates.ts';
import type { Report } from '../run.ts';
import { openOwnSession, QUARTER_CORE, type Session } from '../session.ts';
import type { StoreName } from '../system/own-system.ts';
import { type SearchResult, searchCapacity } from './search.ts';

export interface CapacityOptions {
  readonly store: StoreName;
  readonly engine: Engine;
  readonly seed: number;
  readonly stepSeconds: number;
  readonly path: string | undefined;
  readonly log: (line: string) => void;
}

const FILE = join(import.meta.dirname, '../../results/capacity.json');

/** Targets of a task: p99 latency of its service, and CPU as in the scaling policy. */
const P99_MS = 50;
const QUARTER_PERCENT = 60;
const WARM_UP_SECONDS = 5;
/** Warm-up before the first step, without a CPU limit, so that code is compiled when it is measured. */
const FIRST_WARM_UP: Phase = { name: 'first warm-up', seconds: 15, share: 1, isMeasured: true };
const FIRST_WARM_UP_PER_MINUTE = 6_000;
const search = { firstPerMinute: 1_500, growth: 2, halvings: 2, mostPerMinute: 60_000 };

/**
 * Measures the capacity of one task of 0.25 vCPU for each service's mix, in requests per minute, and writes it to
 * `tools/load/results/capacity.json`, from which the stacks derive their scaling targets. Resolves to an exit code.
 */
export async function measureCapacity(options: CapacityOptions): Promise<number> {
  const { store, path, log } = options;
  await using session = await openOwnSession({ mode: 'processes', store, path });
  const product = await capacityOf('product', session, options);
  const cart = await capacityOf('cart', session, options);
  if (!product || !cart) {
    log('The first rate already failed; no file was written.');
    return 1;
  }
  const resultOf = ({ perMinute, report, failedAt }: SearchResult<Report>, service: ServiceName) => ({
    requestsPerMinute: perMinute,
    ...(failedAt !== undefined && { notCarried: failedAt }),
    p99Ms: round(report.services[service].p99),
    cpuPercent: round(report.processes[service]?.quarterPercent ?? 0),
    residentMb: round(report.processes[service]?.residentMb ?? 0),
  });
  const file = {
    about: `Requests a minute that one task of ${QUARTER_CORE} vCPU carries with p99 < ${P99_MS} ms and CPU < ${QUARTER_PERCENT} %: npm run capacity`,
    product: resultOf(product, 'product'),
    cart: resultOf(cart, 'cart'),
    store,
    limitedBy: session.limit(['product']) ?? 'CPU time',
    stepSeconds: options.stepSeconds,
    machine: machineFacts(),
  };
  await mkdir(join(FILE, '..'), { recursive: true });
  await writeFile(FILE, `${JSON.stringify(file, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(file, null, 2)}\n`);
  return 0;
}

async function capacityOf(
  service: ServiceName,
  session: Session,
  { engine, seed, stepSeconds, log }: CapacityOptions,
): Promise<SearchResult<Report> | undefined> {
  session.limit([]);
  const warmUp = { targets: {}, arrivals: 'poisson', seed, engine } as const;
  await session.run({
    ...warmUp,
    rates: ratesFor(service, FIRST_WARM_UP_PER_MINUTE),
    phases: [FIRST_WARM_UP],
  });
  const by = session.limit([service]);
  log(`${service}: ${by ? `0.25 core by ${by}` : 'CPU not limited, measured by CPU time'}`);
  const phases: readonly Phase[] = [
    { name: 'warm-up', seconds: WARM_UP_SECONDS, share: 1, isMeasured: false },
    { name: 'step', seconds: stepSeconds, share: 1, isMeasured: true },
  ];
  const { lateP99Ms } = taskTargets;
  let step = 0;
  return searchCapacity(async (perMinute) => {
    const rates = ratesFor(service, perMinute);
    const report = await session.run({
      rates,
      phases,
      targets: lateP99Ms === undefined ? {} : { lateP99Ms },
      arrivals: 'poisson',
      seed: seed + step++,
      engine,
    });
    const { p99 } = report.services[service];
    const percent = report.processes[service]?.quarterPercent ?? Number.NaN;
    const { void: reasons, checks } = report.verdict;
    const isWithin = checks.every(({ passed }) => passed) && p99 < P99_MS && percent < QUARTER_PERCENT;
    const carried = reasons.length > 0 ? undefined : isWithin;
    const errors = Object.values(report.errors).reduce((sum, count) => sum + count, 0);
    log(
      `  ${String(perMinute).padStart(6)} a minute: p99 ${p99.toFixed(1)} ms, CPU ${percent.toFixed(0)} % of 0.25 core, ` +
        `${errors} errors: ${reasons.join('; ') || (carried ? 'passed' : 'failed')}`,
    );
    return { carried, report };
  }, search);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
