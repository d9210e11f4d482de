import { setImmediate } from 'node:timers/promises';
import type { DayBatch } from '@tandem/analytics/store/entity-types';
import { unpackProducts } from '@tandem/analytics/store/packed';
import { applyAnalyticsEvents } from '@tandem/analytics/messaging/consumer';
import { DomainError } from '@tandem/chassis/errors';
import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import type { Metrics } from '@tandem/chassis/metrics';
import { createTable } from '@tandem/storage/create-table';
import type { Driver, Put, StoredState } from '@tandem/storage/driver';
import { PRODUCTS } from './event-log.ts';
import type { Random } from '../support/random.ts';

/** Planted bug that the comparison must reveal. */
export interface PlantedBug {
  /** Changes what the service reads. */
  readonly onRead?: (row: StoredState) => StoredState;
  /** Splits a write into several, which do not commit together. */
  readonly split?: (puts: readonly Put[]) => readonly (readonly Put[])[];
  /** Whether an event that fails counts as applied. */
  readonly acknowledgesFailures?: boolean;
  /** Changes the event that is applied, by the time of its delivery in milliseconds since the epoch. */
  readonly onEvent?: (event: Parameters<ApplyBatch>[0][number], now: number) => typeof event;
}

/** A write of the consumer, named by what it stores. */
const WRITES = {
  batch: 'batch',
  totals: 'totals',
  details: 'details',
  day: 'sum of a day or end of a compaction',
  name: 'name',
  namesRequest: 'request',
};

/** Steps at which an instance can be killed. */
export const CRASH_POINTS = Object.values(WRITES).flatMap((write) => [`before ${write}`, `after ${write}`]);

export interface InstanceOptions {
  readonly driver: Driver;
  readonly random: Random;
  readonly now: () => number;
  readonly metrics: Metrics;
  readonly onConflict: () => void;
  /** The step at which it is killed, after it has passed it `passes` times; undefined for never. */
  readonly crash?: { readonly point: string | undefined; passes: number };
  /** Whether two of a hundred writes fail, before they are applied or after, and at times all with one of the products. */
  readonly hasFaults: boolean;
  readonly bug: PlantedBug;
}

/** One process of the consumer. `killed` resolves at its death, after which nothing that it does has an effect. */
export interface Instance {
  readonly apply: ApplyBatch;
  readonly killed: Promise<'killed'>;
}

const never = () => new Promise<never>(() => undefined);

export function openInstance(options: InstanceOptions): Instance {
  const { driver, random, now, metrics, onConflict, crash, hasFaults, bug } = options;
  const death = Promise.withResolvers<'killed'>();
  let isAlive = true;
  const pass = async (point: string): Promise<void> => {
    if (isAlive && crash?.point === point && crash.passes-- === 0) {
      isAlive = false;
      death.resolve('killed');
    }
    return isAlive ? undefined : never();
  };
  const lost = () => new DomainError('unavailable', 'write-outcome-unknown', 'The response was lost.');

  const rejectedProduct = hasFaults && random(1, 3) === 1 ? `product-${random(0, PRODUCTS - 1)}` : undefined;
  const write = async (puts: readonly Put[]) => {
    const point = pointOf(puts);
    const fault = hasFaults ? random(1, 200) : 0;
    await setImmediate();
    await pass(`before ${point}`);
    if (fault === 1) throw new DomainError('unavailable', 'store-unavailable', 'Unavailable');
    if (fault === 2 || fault === 3) throw new Error('The write failed.');
    if (rejectedProduct !== undefined && puts.some((put) => hasFiguresOf(rejectedProduct, put)))
      throw new Error('The item is rejected.');
    const outcome = await driver.write(puts);
    await pass(`after ${point}`);
    if (fault === 4) throw lost();
    return outcome;
  };

  const processDriver: Driver = {
    ...driver,
    async read(pks, readOptions) {
      await setImmediate();
      if (!isAlive) return never();
      const rows = await driver.read(pks, readOptions);
      return bug.onRead ? rows.map(bug.onRead) : rows;
    },
    async write(puts) {
      let outcome: Awaited<ReturnType<Driver['write']>> = 'written';
      for (const part of bug.split?.(puts) ?? [puts])
        if (outcome === 'written' && part.length > 0) outcome = await write(part);
      return outcome;
    },
  };
  const apply = applyAnalyticsEvents({
    table: createTable(processDriver, { now, onConflict }),
    metrics,
    logger: { error: () => undefined },
    publish: async (events) => events.map(() => ({ status: 'published' })),
    now,
  });
  const { onEvent = (event) => event, acknowledgesFailures = false } = bug;
  return {
    async apply(events) {
      const outcomes = await apply(events.map((event) => onEvent(event, now())));
      return acknowledgesFailures ? outcomes.map(() => ({ status: 'applied' })) : outcomes;
    },
    killed: death.promise,
  };
}

/** Whether a write adds figures of a product. */
function hasFiguresOf(productId: string, { pk, row }: Put): boolean {
  if (!pk.startsWith('batch#') || !row) return false;
  return productId in unpackProducts((row.state as DayBatch).products);
}

function pointOf(puts: readonly Put[]): string {
  const written = new Set(puts.flatMap(({ pk, row }) => (row ? [pk.slice(0, pk.indexOf('#'))] : [])));
  const kind = Object.keys(WRITES).find((name) => written.has(name));
  return kind === undefined ? 'other' : WRITES[kind as keyof typeof WRITES];
}
