import { BATCHES, compact } from '@tandem/analytics/messaging/compaction';
import { applyAnalyticsEvents } from '@tandem/analytics/messaging/consumer';
import { dayKey } from '@tandem/analytics/store/entity-types';
import type { Logger } from '@tandem/chassis/logger';
import { createBatchHandler } from '@tandem/chassis/messaging/batch-handler';
import { createMetrics } from '@tandem/chassis/metrics';
import { topology } from '@tandem/contracts/topology';
import { createStoreTable, openDynamoStore } from '@tandem/local/system/dynamodb-store';
import { createTable } from '@tandem/storage/create-table';
import { assumptions } from '../assumptions.ts';
import type { Facts } from '../facts.ts';
import type { BatchesMeasurement, BatchMeasurement, Measurement } from '../measurement.ts';
import { scenarios } from '../traffic.ts';
import { usageOf } from '../usage.ts';
import { createEventSource, type EventRates } from './batch-events.ts';
import { addToTotals, figuresOf } from './batch-totals.ts';
import { sizeOf } from './item-size.ts';
import { logBytes } from './logs.ts';
import { type Amount, createUnitMeter, readUnits } from './units.ts';

/** Events of a minute, from one a minute to more than the peak. */
const PER_MINUTE = [1, 10, 100, 600, 1_000] as const;
const MINUTES = 59;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** In the future: DynamoDB Local deletes items that have expired by its own clock. */
const FIRST_DAY = Date.parse('2040-01-01T00:00:00.000Z');

const fail = (...reasons: readonly unknown[]) => {
  throw new Error('not applied', { cause: reasons });
};
const failing = { error: fail, warn: fail } as unknown as Logger;
/** What a consumer that is given its messages does not use. */
const neverPolling = {
  sqs: undefined as never,
  queueUrl: 'analytics-events-queue',
  ping: async () => undefined,
};

/**
 * Measures what Analytics consumes, by the size of its batches and by the number of batches that gather the events of a
 * minute at the same time. Each is measured at noon, when a day's totals have the figures of half of it.
 */
export async function measureBatches(
  endpoint: string,
  rates: EventRates,
  report: (part: string) => void,
): Promise<BatchesMeasurement> {
  const meter = createUnitMeter();
  let amounts: Amount[] = [];
  const client = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  await createStoreTable('analytics', { name: 'analytics', client });
  const store = openDynamoStore({
    name: 'analytics',
    client,
    wrapCalls: (call) => async (operation, input) => {
      let output: Awaited<ReturnType<typeof call>> | undefined;
      try {
        return (output = await call(operation, input));
      } finally {
        amounts.push(...meter.record(operation, input, output));
      }
    },
  });
  try {
    let now = FIRST_DAY;
    const table = createTable(store.driver, { now: () => now });
    /** Units of some work. */
    const unitsOf = async (work: () => Promise<unknown>) => {
      amounts = [];
      await work();
      const sum = (of: string) =>
        amounts.reduce((all, [name, , value]) => all + (name === of ? value : 0), 0);
      return { read: sum('read'), write: sum('write') };
    };
    const itemsOf = (prefix: string) => {
      const items = meter.items().filter((item) => String(item['pk']?.['S']).startsWith(prefix));
      const bytes = items.reduce((sum, item) => sum + sizeOf(item) + assumptions.itemOverheadBytes, 0);
      const read = items.reduce((sum, item) => sum + readUnits(sizeOf(item), false), 0);
      return { bytes, read };
    };

    const results: BatchMeasurement[] = [];
    for (const [index, perMinute] of PER_MINUTE.entries()) {
      const source = createEventSource(rates);
      const halves = [0, DAY_MS / 2].map((start) => figuresOf(source, FIRST_DAY + start, perMinute));
      for (const gathering of [1, assumptions.lambdaPollers]) {
        report(`${perMinute} events a minute in batches of ${gathering} pollers`);
        const midnight = FIRST_DAY + (2 * index + (gathering === 1 ? 0 : 1)) * DAY_MS;
        const date = new Date(midnight).toISOString().slice(0, 10);
        const noon = midnight + DAY_MS / 2;
        await addToTotals(table, date, halves[0] ?? {});
        now = noon;
        const metrics = createMetrics();
        const apply = applyAnalyticsEvents({
          table,
          metrics,
          logger: failing,
          publish: async (events) => events.map(() => ({ status: 'published' })),
          now: () => now,
        });
        await apply([]);
        // As in a function, which observes no delay.
        const consume = createBatchHandler({
          ...neverPolling,
          apply,
          metrics,
          logger: failing,
          maxBatchSize: Infinity,
          observesDelay: false,
        });
        const events = Math.max(1, Math.round(perMinute / gathering));
        const batches = MINUTES * Math.min(gathering, perMinute);
        const append = await unitsOf(async () => {
          for (let batch = 0; batch < batches; batch++) {
            now = noon + Math.floor(((batch + 1) * MINUTES * 60_000) / batches);
            const messages = source.minute(now, events).map((event, i) => ({
              messageId: String(i),
              body: JSON.stringify(event),
              traceparent: undefined,
              receives: 1,
            }));
            await consume(messages);
          }
        });
        const stored = itemsOf(`batch#${date}/`);
        const day = await table.get(dayKey(date));
        if (!day) throw new Error(`${date} has no batches`);
        const compaction = await unitsOf(() => compact(table, { ...day, compacted: 0 }));
        await addToTotals(table, date, halves[1] ?? {});
        const [units, hours] = [itemsOf(`totals#${date}/`), itemsOf(`details#${date}/`)];
        const each = (value: number, count = batches) => Math.round((100 * value) / count) / 100;
        results.push({
          gathering,
          perMinute,
          events,
          read: each(append.read),
          write: each(append.write),
          batch: { bytes: each(stored.bytes), read: each(stored.read) },
          logBytes: each(logBytes('analytics', metrics.take())),
          compaction: { batches, ...compaction },
          totals: { bytes: units.bytes + hours.bytes, read: units.read },
        });
      }
    }
    return { batchesPerCompaction: BATCHES, sizes: results };
  } finally {
    store.close();
  }
}

/** Events of a minute at the peak that Analytics consumes, as the services were measured to publish them. */
export function ratesOf(measured: Measurement, facts: Facts): EventRates {
  const scenario = scenarios.find(({ name }) => name === 'sustained-peak');
  if (!scenario) throw new TypeError('no scenario of the peak');
  const [phase] = usageOf(scenario, measured, facts).phases;
  const carts = phase?.rate(({ created }) => created['cart'] ?? 0).value ?? 0;
  const delivered = topology.subscriptions.filter(({ queue }) => queue === 'analytics-events-queue');
  const rates = delivered.flatMap(({ topic, eventTypes }) =>
    eventTypes.map((type) => {
      const published = phase?.rate(({ messages }) => messages[`${topic} ${type}`] ?? 0).value ?? 0;
      const expired = type === 'CartExpired' ? assumptions.expiringCarts * carts : 0;
      return [type, 60 * (published + expired)] as const;
    }),
  );
  return Object.fromEntries(rates.filter(([, rate]) => rate > 0));
}
