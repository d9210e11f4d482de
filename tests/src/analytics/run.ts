import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { createMetrics } from '@tandem/chassis/metrics';
import { createTable } from '@tandem/storage/create-table';
import type { Store } from '@tandem/local/system/store';
import { type Random, seeded } from '../support/random.ts';
import { type Deliveries, planDeliveries } from './deliveries.ts';
import { createLog, DAY_MS, START } from './event-log.ts';
import { countLog, type Figures, storedFigures } from './figures.ts';
import { throughFunction } from './function-host.ts';
import { CRASH_POINTS, type Instance, openInstance, type PlantedBug } from './instance.ts';

export interface RunOptions {
  readonly store: Store;
  readonly seed: number;
  /** Number of events of the log. */
  readonly events: number;
  readonly bug?: PlantedBug;
}

/** Result of a run: both counts of the log, and how often things happened. */
export interface Run {
  readonly expected: Figures;
  readonly stored: Figures;
  readonly occurrences: Readonly<Record<string, number>>;
}

/**
 * Delivers a random log to two instances of the consumer, one in a task and one in a function, each of which is killed again
 * and again and replaced by a new one, while writes fail; then counts the log, and reads the stored figures.
 */
export async function run({ store, seed, events, bug = {} }: RunOptions): Promise<Run> {
  const random = seeded(seed);
  const log = createLog(random, events);
  const occurrences: Record<string, number> = {};
  const count = (name: string, by = 1) => (occurrences[name] = (occurrences[name] ?? 0) + by);
  let now = () => START;
  const metrics = createMetrics();
  const onConflict = () => void count('conflicts');
  const common = { driver: store.driver, random, now: () => now(), metrics, onConflict, bug };

  let crashes = 0;
  const openNext = (host: (apply: ApplyBatch) => ApplyBatch) => {
    const point = CRASH_POINTS[crashes++ % CRASH_POINTS.length];
    const crash = { point, passes: random(0, 2) };
    const instance = openInstance({ ...common, crash, hasFaults: true });
    void instance.killed.then(() => count(`killed ${point}`));
    return { ...instance, apply: host(instance.apply) };
  };

  const work = async (deliveries: Deliveries, host: (apply: ApplyBatch) => ApplyBatch) => {
    let instance = openNext(host);
    let batches = 0;
    while (!deliveries.isEmpty()) {
      // An instance whose crash point is rare is replaced, too: not every end of a process is a crash.
      if (++batches % 40 === 0) instance = openNext(host);
      if (!(await applyNext(instance, deliveries, random, count))) instance = openNext(host);
      store.removeExpired?.(now() / 1_000);
    }
  };
  for (const deliveries of planDeliveries(log, random)) {
    now = () => deliveries.now();
    while (!deliveries.isEmpty())
      await Promise.all([work(deliveries, inTask), work(deliveries, throughFunction)]);
  }

  const later = () => now() + 2 * DAY_MS;
  await openInstance({ ...common, now: later, hasFaults: false }).apply([]);
  const stored = await storedFigures(createTable(store.driver, { now: later }), log);
  return { expected: countLog(log), stored, occurrences: { ...occurrences, ...metrics.counts() } };
}

const inTask = (apply: ApplyBatch) => apply;

/** Applies the next batch, and redelivers what failed or was not acknowledged. Resolves to whether the instance survived. */
async function applyNext(
  { apply, killed }: Instance,
  deliveries: Deliveries,
  random: Random,
  count: (name: string, by?: number) => void,
): Promise<boolean> {
  const batch = deliveries.take(random(1, 20) === 1 ? random(1, 2_000) : random(1, 150));
  count('batches');
  count('deliveries', batch.length);
  const outcomes = await Promise.race([apply(batch), killed]);
  const isLost = (i: number) =>
    random(1, 100) === 1 || outcomes === 'killed' || outcomes[i]?.status !== 'applied';
  const lost = batch.filter((_, i) => isLost(i));
  for (const event of lost) deliveries.redeliver(event);
  count('redeliveries', lost.length);
  if (outcomes === 'killed') return false;
  const failures = outcomes.filter(({ status }) => status === 'failed').length;
  if (failures > 0) count(failures < batch.length ? 'partial failures' : 'failures');
  return true;
}
