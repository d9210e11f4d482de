import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { OutgoingEvent, Publish } from '@tandem/chassis/messaging/publisher';
import { createMetrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { createTable } from '@tandem/storage/create-table';
import type { Driver, Put } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';
import { sumProducts } from '../domain/add-counts.ts';
import { batchKey, dayKey, facetOf, facets, SHARDS, shardOf } from '../store/entity-types.ts';
import { unpackProducts } from '../store/packed.ts';
import { applyAnalyticsEvents } from './consumer.ts';

/** Noon of a day. */
export const NOON = '2026-02-14T12:00:00.000Z';

/** Two instances of the consumer on one table; `onWrite` runs before each write, with the keys of its items. */
export function openAnalytics(t: Pick<TestContext, 'after'>) {
  const store = openSqlite(':memory:');
  t.after(() => store.close());
  const hooks: { onWrite?: (pks: readonly string[]) => void; publishes: Publish } = {
    publishes: async (events) => events.map(() => ({ status: 'published' })),
  };
  const writes: (readonly Put[])[] = [];
  const driver: Driver = {
    ...store.driver,
    async write(puts) {
      hooks.onWrite?.(puts.map(({ pk }) => pk));
      writes.push(puts);
      return store.driver.write(puts);
    },
  };
  const clock = { now: Date.parse(NOON) };
  const published: OutgoingEvent[] = [];
  const logged: unknown[] = [];
  const metrics = createMetrics();
  const openInstance = () => {
    const apply = applyAnalyticsEvents({
      table: createTable(driver, { now: () => clock.now }),
      metrics,
      logger: { error: (...line: unknown[]) => void logged.push(line) },
      publish: async (events) => {
        published.push(...events);
        return hooks.publishes(events);
      },
      now: () => clock.now,
    });
    return async (events: readonly TandemEvent[]) => (await apply(events)).map(({ status }) => status);
  };
  const table = createTable(store.driver, { now: () => clock.now });

  /** Figures of a day: those of its totals, and of the batches that these do not include. */
  const figuresOf = async (date: string) => {
    const day = (await table.get(dayKey(date))) ?? assert.fail(`no figures of ${date}`);
    const numbers = Array.from({ length: day.batches - day.compacted }, (_, i) => day.compacted + i + 1);
    const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
    const keys = facets.flatMap((facet) => shards.map((shard) => facet.totalsKey(date, shard)));
    const totals = await table.read(keys);
    const batches = await table.read(numbers.map((number) => batchKey(date, number)));
    const parts = numbers.flatMap((number) => {
      const { products } = batches.get(batchKey(date, number)) ?? assert.fail(`no batch ${number}`);
      return facets.map((facet) => {
        const isNew = (id: string) => number > (totals.get(facet.totalsKey(date, shardOf(id)))?.through ?? 0);
        const own = Object.entries(facetOf(facet, unpackProducts(products)));
        return Object.fromEntries(own.filter(([productId]) => isNew(productId)));
      });
    });
    const sums = keys.flatMap((key) => totals.get(key) ?? []);
    return {
      ...day,
      totals: sums,
      products: sumProducts([...sums.map(({ products }) => unpackProducts(products)), ...parts]),
    };
  };

  return {
    table,
    clock,
    hooks,
    writes,
    published,
    logged,
    metrics,
    openInstance,
    apply: openInstance(),
    figuresOf,
  };
}
