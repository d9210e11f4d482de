import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleOf } from '../domain/testing.ts';
import { batchKey, dayKey } from '../store/entity-types.ts';
import { BATCHES, compact } from './compaction.ts';
import { NOON, openAnalytics } from './testing.ts';

const DAY = NOON.slice(0, 10);
const DAY_MS = 86_400_000;

type Analytics = ReturnType<typeof openAnalytics>;

/** Applies one batch for each number, with a unit of each of some products. */
async function applyBatches({ apply }: Analytics, numbers: readonly number[], timestamp = NOON) {
  for (const number of numbers)
    await apply(
      Array.from({ length: 5 }, (_, i) =>
        exampleOf('ProductAddedToCart', {
          eventId: `${number}/${i}`,
          productId: `p${(number + i) % 9}`,
          timestamp,
        }),
      ),
    );
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function unitsOf({ figuresOf }: Analytics): Promise<number> {
  return Object.values((await figuresOf(DAY)).products).reduce((sum, { added = 0 }) => sum + added, 0);
}

test('enough batches of a day are merged into its totals, which are then read instead', async (t) => {
  const analytics = openAnalytics(t);
  await applyBatches(analytics, range(1, BATCHES - 1));
  assert.equal((await analytics.figuresOf(DAY)).compacted, 0);
  await applyBatches(analytics, [BATCHES]);
  const { compacted, totals } = await analytics.figuresOf(DAY);
  assert.deepEqual([compacted, totals.length > 1], [BATCHES, true]);
  await applyBatches(analytics, range(BATCHES + 1, 2 * BATCHES + 10));
  assert.equal((await analytics.figuresOf(DAY)).compacted, 2 * BATCHES);
  assert.equal(await unitsOf(analytics), (2 * BATCHES + 10) * 5);
});

test('a past day is compacted within an hour, also by a new instance', async (t) => {
  const analytics = openAnalytics(t);
  await applyBatches(analytics, range(1, 3));
  const compacted = async () => (await analytics.figuresOf(DAY)).compacted;
  analytics.clock.now += DAY_MS / 2;
  await applyBatches(analytics, [4], new Date(analytics.clock.now).toISOString());
  assert.equal(await compacted(), 3);
  await applyBatches(analytics, [5]);
  assert.equal(await compacted(), 3, 'not with each late event');
  analytics.clock.now += 60 * 60 * 1_000;
  await analytics.apply([]);
  assert.equal(await compacted(), 4);
  await applyBatches(analytics, [6]);
  await analytics.openInstance()([]);
  assert.equal(await compacted(), 5);
  assert.equal(await unitsOf(analytics), 25);
});

test('figures that wait two months for the next batch are still compacted', async (t) => {
  const analytics = openAnalytics(t);
  await applyBatches(analytics, [1]);
  analytics.clock.now += 85 * DAY_MS;
  await analytics.openInstance()([]);
  analytics.clock.now += 30 * DAY_MS;
  assert.equal(await analytics.table.get(batchKey(DAY, 1)), undefined, 'expired');
  assert.equal(await unitsOf(analytics), 5);
});

test('a compaction that is interrupted at any write adds each batch once', async (t) => {
  for (let crashAt = 1; ; crashAt++) {
    const analytics = openAnalytics(t);
    await applyBatches(analytics, range(1, BATCHES - 1));
    let steps = 0;
    analytics.hooks.onWrite = (pks) => {
      if (steps > 0 || pks.some((pk) => /^(totals|details)#/.test(pk))) steps += 1;
      if (steps >= crashAt) throw new Error('killed');
    };
    await applyBatches(analytics, [BATCHES]);
    delete analytics.hooks.onWrite;
    const isInterrupted = analytics.logged.length > 0;
    assert.equal(analytics.metrics.counts()['CompactionsFailed'] ?? 0, isInterrupted ? 1 : 0);
    assert.equal(await unitsOf(analytics), BATCHES * 5, 'readers know what each shard includes');
    const more = 2 * BATCHES + 10;
    await applyBatches(analytics, range(BATCHES + 1, more));
    assert.deepEqual([(await analytics.figuresOf(DAY)).batches, await unitsOf(analytics)], [more, more * 5]);
    if (!isInterrupted) break;
    assert.ok(crashAt < 40);
  }
});

test('concurrent compactions of different extent add each batch once', async (t) => {
  const analytics = openAnalytics(t);
  await applyBatches(analytics, range(1, 40));
  const { table } = analytics;
  const early = (await table.get(dayKey(DAY))) ?? assert.fail();
  await applyBatches(analytics, range(41, 55));
  const late = (await table.get(dayKey(DAY))) ?? assert.fail();
  await Promise.all([compact(table, early), compact(table, late), compact(table, early)]);
  await compact(table, early);
  const { compacted, batches } = await analytics.figuresOf(DAY);
  assert.deepEqual([compacted, batches, await unitsOf(analytics)], [55, 55, 275]);
});

test('a missing batch is a failure, never skipped', async (t) => {
  const analytics = openAnalytics(t);
  await applyBatches(analytics, [1]);
  const day = (await analytics.table.get(dayKey(DAY))) ?? assert.fail();
  await assert.rejects(compact(analytics.table, { ...day, batches: 2 }), /batch 2026-02-14\/2 is missing/);
  assert.equal((await analytics.figuresOf(DAY)).compacted, 0);
});

test('a day that cannot be compacted does not keep other days from it', async (t) => {
  const days = [DAY, '2026-02-15'] as const;
  for (const bad of days) {
    const analytics = openAnalytics(t);
    for (const date of days) await applyBatches(analytics, [Date.parse(date)], `${date}T06:00:00.000Z`);
    analytics.clock.now += 2 * DAY_MS;
    analytics.hooks.onWrite = (pks) => {
      if (pks.some((pk) => pk.startsWith(`totals#${bad}`))) throw new Error('item too large');
    };
    await analytics.openInstance()([]);
    for (const date of days)
      assert.equal((await analytics.figuresOf(date)).compacted, date === bad ? 0 : 1, date);
    assert.equal(analytics.metrics.counts()['CompactionsFailed'], 1);
  }
});
