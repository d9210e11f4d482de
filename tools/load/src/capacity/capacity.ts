import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { machineFacts } from '../machine.ts';
import { type Phase, taskTargets } from '../profiles.ts';
import { ratesFor, type ServiceName } from '../rates.ts';
import type { Report } from '../run.ts';
import { openOwnSession, QUARTER, type Session } from '../session.ts';
import type { StoreName } from '../system/own.ts';
import { type Found, searchCapacity } from './search.ts';

export interface CapacityOptions {
  readonly store: StoreName;
  readonly engine: Engine;
  readonly seed: number;
  readonly stepSeconds: number;
  readonly path: string | undefined;
  readonly say: (line: string) => void;
}

const FILE = join(import.meta.dirname, '../../results/capacity.json');

/** What a task must keep: the p99 of its service's answers, and CPU as its scaling has it. */
const P99_MS = 50;
const QUARTER_PERCENT = 60;
const WARM_UP_SECONDS = 5;
/** What a new process has compiled by the time that it is measured: requests of before the first step, on a whole core. */
const FIRST_WARM_UP: Phase = { name: 'first warm-up', seconds: 15, share: 1, isMeasured: true };
const FIRST_WARM_UP_PER_MINUTE = 6_000;
const search = { firstPerMinute: 1_500, growth: 2, halvings: 2, mostPerMinute: 60_000 };

/**
 * Finds how many requests a minute of each service's mix one task of a quarter of a core carries, and writes it into
 * `tools/load/results/capacity.json`, from which the stacks take when another task is started. Resolves to an exit code.
 */
export async function measureCapacity(options: CapacityOptions): Promise<number> {
  const { store, path, say } = options;
  await using session = await openOwnSession({ mode: 'processes', store, path });
  const product = await capacityOf('product', session, options);
  const cart = await capacityOf('cart', session, options);
  if (!product || !cart) {
    say('not even the first rate was carried: nothing is written');
    return 1;
  }
  const told = ({ perMinute, report, failedAt }: Found<Report>, service: ServiceName) => ({
    requestsPerMinute: perMinute,
    ...(failedAt !== undefined && { notCarried: failedAt }),
    p99Ms: round(report.services[service].p99),
    cpuPercent: round(report.processes[service]?.quarterPercent ?? 0),
    residentMb: round(report.processes[service]?.residentMb ?? 0),
  });
  const file = {
    about: `Requests a minute that one task of ${QUARTER} vCPU carries with p99 < ${P99_MS} ms and CPU < ${QUARTER_PERCENT} %: npm run capacity`,
    product: told(product, 'product'),
    cart: told(cart, 'cart'),
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
  { engine, seed, stepSeconds, say }: CapacityOptions,
): Promise<Found<Report> | undefined> {
  session.limit([]);
  const warmUp = { targets: {}, arrivals: 'poisson', seed, engine } as const;
  await session.run({
    ...warmUp,
    rates: ratesFor(service, FIRST_WARM_UP_PER_MINUTE),
    phases: [FIRST_WARM_UP],
  });
  const by = session.limit([service]);
  say(`${service}: ${by ? `a quarter of a core by ${by}` : 'CPU by time'}`);
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
    say(
      `  ${String(perMinute).padStart(6)} a minute: p99 ${p99.toFixed(1)} ms, CPU ${percent.toFixed(0)} % of a quarter, ` +
        `${errors} errors: ${reasons.join('; ') || (carried ? 'carried' : 'not carried')}`,
    );
    return { carried, report };
  }, search);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
