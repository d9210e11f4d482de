import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PriceChange } from '../domain/counts.ts';
import { namesRequestKey } from '../store/entity-types.ts';
import { readProduct } from './product.ts';
import { finish, NOW, openFigures, TODAY } from './testing.ts';

const YESTERDAY = '2026-02-13';

function change(changedAt: string, version = 2): PriceChange {
  const [from, to] = [1_000, 800].map((price) => ({ price, currency: 'EUR' }));
  if (!from || !to) throw new Error('no price');
  return { changedAt, version, from, to };
}

/** Adds one unit in hour 0, two in hour 1, and so on. */
const risingHours = Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, hour + 1]));
const rising = Array.from({ length: 24 }, (_, hour) => hour + 1);

test('24 full hours before and after the hour of a change are compared', async (t) => {
  const { table, batch, compact } = openFigures(t);
  const changes = [change(`${YESTERDAY}T09:59:59.999Z`)];
  await batch('2026-02-12', { mug: { addedByHour: risingHours }, cup: { addedByHour: { 12: 1_000 } } });
  await finish(compact('2026-02-12'));
  await batch(YESTERDAY, { mug: { addedByHour: { 8: 5, 9: 500, 10: 40 }, priceChanges: changes } });
  await batch(YESTERDAY, { mug: { addedByHour: { 10: 8 } } });
  await batch(TODAY, { mug: { addedByHour: { 0: 24, 9: 24, 10: 500 } } });
  const { priceChanges } = await readProduct(table, 'mug', { from: YESTERDAY, to: TODAY }, NOW);
  const hoursBefore = [...rising.slice(9), 0, 0, 0, 0, 0, 0, 0, 0, 5];
  const hoursAfter = [48, ...Array.from({ length: 13 }, () => 0), 24, 0, 0, 0, 0, 0, 0, 0, 0, 24];
  assert.deepEqual(priceChanges, [
    {
      ...changes[0],
      unitsAddedPerHour: { before: hoursBefore.reduce((sum, units) => sum + units) / 24, after: 4 },
      hoursBefore,
      hoursAfter,
    },
  ]);
});

test('the hours of a change near midnight, or at an edge of the range, are on the days outside of it', async (t) => {
  const { table, batch } = openFigures(t);
  for (const date of ['2026-02-09', '2026-02-11']) await batch(date, { mug: { addedByHour: risingHours } });
  const changes = [change('2026-02-10T23:59:59.999Z', 3), change('2026-02-10T00:00:00.000Z', 2)];
  await batch('2026-02-10', { mug: { addedByHour: { 0: 100, 23: 200 }, priceChanges: changes } });
  const { priceChanges } = await readProduct(table, 'mug', { from: '2026-02-10', to: '2026-02-10' }, NOW);
  const zeros = Array.from({ length: 22 }, () => 0);
  assert.deepEqual(
    priceChanges.map(({ version, hoursBefore, hoursAfter }) => ({ version, hoursBefore, hoursAfter })),
    [
      { version: 2, hoursBefore: rising, hoursAfter: [...zeros, 200, 1] },
      { version: 3, hoursBefore: [24, 100, ...zeros], hoursAfter: rising },
    ],
  );
  const next = await readProduct(table, 'mug', { from: '2026-02-11', to: '2026-02-11' }, NOW);
  assert.deepEqual(next.priceChanges, []);
});

test('hours before the service counted do not count before a change', async (t) => {
  const { table, batch } = openFigures(t);
  await batch(TODAY, {
    mug: { addedByHour: { 8: 10, 9: 10 }, priceChanges: [change(`${TODAY}T10:10:00.000Z`)] },
  });
  const startAt = (since: string) =>
    table.update(namesRequestKey, (current) => ({
      state: { version: (current?.version ?? 0) + 1, requestId: 'r', requestedAt: since, since },
      events: [],
    }));
  const read = async () => (await readProduct(table, 'mug', { from: TODAY, to: TODAY }, NOW)).priceChanges[0];
  await startAt(`${TODAY}T07:30:00.000Z`);
  assert.deepEqual((await read())?.hoursBefore, [10, 10]);
  assert.equal((await read())?.unitsAddedPerHour.before, 10);
  await startAt(`${TODAY}T09:30:00.000Z`);
  assert.deepEqual((await read())?.hoursBefore, []);
  assert.equal((await read())?.unitsAddedPerHour.before, null);
});

test('only hours that have ended count after a change', async (t) => {
  const { table, batch } = openFigures(t);
  const priceChanges = [change(`${TODAY}T12:20:00.000Z`)];
  await batch(TODAY, { mug: { addedByHour: { 12: 9, 13: 3, 14: 1, 15: 7 }, priceChanges } });
  const effectAt = async (time: string) => {
    const now = Date.parse(`${TODAY}T${time}Z`);
    const view = await readProduct(table, 'mug', { from: TODAY, to: TODAY }, now);
    return view.priceChanges.map(({ hoursAfter, unitsAddedPerHour: { after } }) => ({ hoursAfter, after }));
  };
  assert.deepEqual(await effectAt('12:00:00'), [{ hoursAfter: [], after: null }]);
  assert.deepEqual(await effectAt('13:59:59.999'), [{ hoursAfter: [], after: null }]);
  assert.deepEqual(await effectAt('14:00:00'), [{ hoursAfter: [3], after: 3 }]);
  assert.deepEqual(await effectAt('15:59:00'), [{ hoursAfter: [3, 1], after: 2 }]);
});

test('the newest 500 price changes are returned, by version', async (t) => {
  const { table, batch } = openFigures(t);
  const changes = Array.from({ length: 600 }, (_, i) => change(`${TODAY}T10:00:00.000Z`, 700 - i));
  await batch(TODAY, { mug: { priceChanges: changes.slice(0, 300) } });
  await batch(TODAY, { mug: { priceChanges: changes.slice(300) } });
  const { priceChanges } = await readProduct(table, 'mug', { from: TODAY, to: TODAY }, NOW);
  assert.deepEqual(
    priceChanges.map(({ version }) => version),
    Array.from({ length: 500 }, (_, i) => 201 + i),
  );
});
