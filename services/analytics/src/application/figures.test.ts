import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Snapshot, Table, Versioned } from '@tandem/storage/table';
import * as fc from 'fast-check';
import { SHARDS } from '../store/entity-types.ts';
import { mapConcurrently, readDays, readParts, readPending } from './figures.ts';
import { finish, openFigures, TODAY } from './testing.ts';

const PRODUCTS = Array.from({ length: 12 }, (_, i) => `p${i}`);
const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

/** Bits of a safe integer, beyond which no sum grows. */
const MAX_BATCHES = 53;
/** Units that batch number n adds to each product: the bits of a sum are the batches that were counted. */
const unitsOfBatch = (number: number) => 2 ** (number - 1);
const sumThrough = (number: number, product: number) =>
  Array.from({ length: number }, (_, i) => i + 1)
    .filter((batch) => hasProduct(batch, product))
    .reduce((sum, batch) => sum + unitsOfBatch(batch), 0);
/** Each batch has every other product. */
const hasProduct = (batch: number, product: number) => (batch + product) % 2 === 0;

/**
 * A day with two batches. `advance` does the next step of a compaction, or appends a batch and starts the next compaction.
 * With `staleness`, a read that is not consistent returns an earlier state of each item.
 */
async function openDay(t: Pick<TestContext, 'after'>, staleness?: () => number) {
  const store = openFigures(t);
  let batches = 0;
  const append = async () => {
    batches += 1;
    const added = unitsOfBatch(batches);
    const products = PRODUCTS.filter((_, product) => hasProduct(batches, product));
    await store.batch(TODAY, Object.fromEntries(products.map((id) => [id, { added }])));
  };
  await append();
  await append();
  let compaction = store.compact(TODAY);
  const advance = async () => {
    if (!(await compaction.next()).done) return;
    await append();
    compaction = store.compact(TODAY);
  };

  const history = new Map<string, (Versioned | undefined)[]>();
  let beforeRead: () => Promise<void> = async () => undefined;
  const table: Table = {
    ...store.table,
    async read(keys, options = {}) {
      await beforeRead();
      const current = await store.table.read(keys);
      if (options.consistent !== false || !staleness) return current;
      const stale = new Map(
        keys.map((key) => {
          const id = `${key.kind.name}#${key.id}`;
          const states = history.get(id) ?? [undefined];
          history.set(id, states);
          const state = current.get(key);
          if (states.at(-1)?.version !== state?.version) states.push(state);
          return [id, states[Math.max(0, states.length - 1 - staleness())]];
        }),
      );
      return { get: ((key) => stale.get(`${key.kind.name}#${key.id}`)) as Snapshot['get'] };
    },
  };
  return {
    store,
    table,
    append,
    advance,
    batches: () => batches,
    onRead: (hook: () => Promise<void>) => (beforeRead = hook),
  };
}

/** The sums of the products as a request reads them, and the batches of the day that it read. */
async function readSums(table: Table) {
  const days = await readDays(table, [TODAY]);
  const pending = await readPending(table, days);
  const parts = await mapConcurrently([ALL_SHARDS.slice(0, 5), ALL_SHARDS.slice(5)], (shards) =>
    readParts(table, days, pending, shards),
  );
  const sums = new Map(PRODUCTS.map((id) => [id, 0]));
  for (const { productId, counts } of parts.flat())
    sums.set(productId, (sums.get(productId) ?? 0) + (counts.added ?? 0));
  return { sums, batches: days[0]?.batches ?? 0 };
}

/** Asserts that each sum has the batches from the first to a last one, each once, those that the day had included. */
function assertPrefixes({ sums, batches }: Awaited<ReturnType<typeof readSums>>, newest: number) {
  for (const [product, [productId, sum]] of [...sums].entries()) {
    const allowed = Array.from({ length: newest - batches + 1 }, (_, i) => sumThrough(batches + i, product));
    assert.ok(allowed.includes(sum), `${productId}: batches ${sum.toString(2)} of ${batches} to ${newest}`);
  }
}

test('a compaction that has stopped after any step changes no figure', async (t) => {
  const { store, table, append } = await openDay(t);
  await finish(store.compact(TODAY));
  await append();
  const expected = new Map(PRODUCTS.map((id, product) => [id, sumThrough(3, product)]));
  for await (const _ of store.compact(TODAY)) assert.deepEqual((await readSums(table)).sums, expected);
  assert.deepEqual((await readSums(table)).sums, expected);
});

test('batches that are compacted or appended between the reads of a request are counted once or not at all', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(50)), fc.nat(80), async (steps, stepsBefore) => {
      const day = await openDay(t);
      const advance = async (count: number) => {
        if (count % 5 === 0) await day.append();
        for (let i = 0; i < count && day.batches() < 20; i++) await day.advance();
      };
      await advance(stepsBefore);
      let progress = Promise.resolve();
      day.onRead(() => (progress = progress.then(() => advance(steps.next().value ?? 0))));
      assertPrefixes(await readSums(day.table), day.batches());
    }),
    { numRuns: 40 },
  );
});

test('reads from stale replicas count each batch once or not at all', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.nat(3)),
      fc.infiniteStream(fc.integer({ min: 40, max: 90 })),
      async (lags, steps) => {
        const day = await openDay(t, () => lags.next().value ?? 0);
        for (let request = 0; request < 5; request++) {
          const count = Number(steps.next().value);
          for (let i = 0; i < count && day.batches() < MAX_BATCHES; i++) await day.advance();
          assertPrefixes(await readSums(day.table), day.batches());
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('totals are not read for days without a compaction, and at most four reads run at a time', async (t) => {
  const { table, batch, compact } = openFigures(t);
  await batch(TODAY, { p0: { added: 1 } });
  await batch('2026-02-13', { p0: { added: 1 } });
  await finish(compact('2026-02-13'));
  const kinds: string[] = [];
  let running = 0;
  let most = 0;
  const counting: Table = {
    ...table,
    async read(keys, options) {
      kinds.push(...keys.map(({ kind, id }) => `${kind.name} ${id.slice(0, TODAY.length)}`));
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return table.read(keys, options);
    },
  };
  const dates = [TODAY, '2026-02-13', ...Array.from({ length: 600 }, (_, i) => `day ${i}`)];
  const days = await readDays(counting, dates);
  await readParts(counting, days, await readPending(counting, days), ALL_SHARDS);
  assert.equal(most, 4);
  assert.ok(kinds.includes('totals 2026-02-13') && !kinds.includes(`totals ${TODAY}`));
  assert.ok(kinds.includes(`batch ${TODAY}`) && !kinds.includes('batch 2026-02-13'));
});
