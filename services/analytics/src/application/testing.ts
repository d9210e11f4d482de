import type { TestContext } from 'node:test';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { put, type Table } from '@tandem/storage/table';
import type { CartCounts, ProductCounts } from '../domain/counts.ts';
import { compact as compactDay } from '../messaging/compaction.ts';
import { batchKey, dayKey, nameKey } from '../store/entity-types.ts';
import { packProducts } from '../store/packed.ts';

export const NOW = Date.parse('2026-02-14T15:30:00.000Z');
export const TODAY = '2026-02-14';

const noCarts: CartCounts = { opened: 0, abandoned: 0, checkedOut: 0, unitsCheckedOut: 0, revenue: {} };

type Products = Readonly<Record<string, Partial<ProductCounts>>>;

/** A table in memory, with functions that store figures as the consumer does. */
export function openFigures(t: Pick<TestContext, 'after'>) {
  const { driver, close } = openSqlite(':memory:');
  t.after(close);
  const table = createTable(driver, { now: () => NOW });

  const dayOf = async (date: string) =>
    (await table.get(dayKey(date))) ?? {
      version: 0,
      date,
      carts: noCarts,
      batches: 0,
      firsts: {},
      compacted: 0,
    };

  /** Sets the figures of a day's carts. */
  const carts = async (date: string, counts: Partial<CartCounts>) => {
    const day = await dayOf(date);
    const state = { ...day, version: day.version + 1, carts: { ...noCarts, ...counts } };
    await table.update(dayKey(date), () => ({ state, events: [] }));
  };

  /** Appends a batch to a day. */
  const batch = async (date: string, products: Products) => {
    const day = await dayOf(date);
    const batches = day.batches + 1;
    const writes = [
      put(dayKey(date), { ...day, version: day.version + 1, batches }),
      put(batchKey(date, batches), {
        version: 1,
        ids: new Uint8Array(),
        slots: [],
        date,
        carts: noCarts,
        products: packProducts(products),
      }),
    ];
    await table.transact([dayKey(date), batchKey(date, batches)], () => ({ writes }));
  };

  /** Compacts a day; pauses after each write. */
  async function* compact(date: string) {
    const waiting: (() => void)[] = [];
    const paused: Table = {
      ...table,
      async update(key, decide) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return table.update(key, decide);
      },
    };
    const progress = { isDone: false };
    const compaction = compactDay(paused, await dayOf(date)).finally(() => (progress.isDone = true));
    for (;;) {
      while (!progress.isDone && waiting.length === 0) await new Promise(setImmediate);
      if (progress.isDone) break;
      waiting.shift()?.();
      await new Promise(setImmediate);
      yield;
    }
    await compaction;
  }

  const name = (productId: string, text: string) =>
    table.putIfNewer(nameKey(productId), { version: 1, name: text });

  return { table, carts, batch, compact, name };
}

/** Runs a compaction to its end. */
export async function finish(compaction: AsyncGenerator<undefined>): Promise<void> {
  for await (const _ of compaction);
}
