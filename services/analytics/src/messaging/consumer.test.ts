import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { repairIdOf } from '@tandem/contracts/event-id';
import { exampleOf } from '../domain/testing.ts';
import { dayKey, nameKey } from '../store/entity-types.ts';
import { NOON, openAnalytics } from './testing.ts';

const DAY = NOON.slice(0, 10);

function added(eventId: string, fields: Parameters<typeof exampleOf<'ProductAddedToCart'>>[1] = {}) {
  return exampleOf('ProductAddedToCart', { eventId, timestamp: NOON, ...fields });
}

test('events count for the day of their own timestamp in UTC, whenever they arrive', async (t) => {
  const { apply, figuresOf } = openAnalytics(t);
  const events = [
    added('a', { timestamp: '2026-02-14T00:30:00+02:00', opensCart: true }),
    added('b', { timestamp: '2026-02-14T23:59:59.999Z', qty: 2 }),
    added('c', { timestamp: '2026-02-14T22:30:00-02:00', qty: 4 }),
  ];
  assert.deepEqual(await apply(events), ['applied', 'applied', 'applied']);
  const [before, day, after] = [
    await figuresOf('2026-02-13'),
    await figuresOf(DAY),
    await figuresOf('2026-02-15'),
  ];
  assert.deepEqual(before.products, { p: { added: 1, addedByHour: { 22: 1 } } });
  assert.deepEqual(day.products, { p: { added: 2, addedByHour: { 23: 2 } } });
  assert.deepEqual(after.products, { p: { added: 4, addedByHour: { 0: 4 } } });
  assert.deepEqual([before.carts.opened, day.carts.opened], [1, 0]);
});

test('a thousand events of a day are two writes; duplicates, also days later, are none', async (t) => {
  const { apply, openInstance, writes, figuresOf, clock } = openAnalytics(t);
  await apply([]);
  const before = writes.length;
  const events = Array.from({ length: 1_000 }, (_, i) =>
    added(`e${i}`, {
      productId: `product-${i % 300}`,
      timestamp: new Date(clock.now - i * 50).toISOString(),
    }),
  );
  await apply(events);
  assert.deepEqual(
    writes.slice(before).map((puts) => puts.map(({ pk }) => pk)),
    [[`batch#${DAY}/1`], [`day#${DAY}`]],
  );
  clock.now += 5 * 86_400_000;
  await apply(events);
  await openInstance()(events);
  const { products } = await figuresOf(DAY);
  assert.equal(
    Object.values(products).reduce((sum, { added = 0 }) => sum + added, 0),
    1_000,
  );
});

test('events that count nothing are not stored by the inbox', async (t) => {
  const { apply, writes } = openAnalytics(t);
  await apply([]);
  const before = writes.length;
  const old = '2025-02-14T12:00:00.000Z';
  await apply([
    exampleOf('ProductSnapshot', { updatedAt: old, name: 'Old', version: 3 }),
    exampleOf('CartExpired', { items: [] }),
  ]);
  assert.deepEqual(
    writes.slice(before).map((puts) => puts.map(({ pk }) => pk)),
    [['name#p']],
  );
});

test('a cart that is sold counts, and so does one that expires, which adds nothing to its products', async (t) => {
  const { apply, figuresOf } = openAnalytics(t);
  const items = [{ productId: 'p', qty: 2, priceAtAdd: 150 }];
  await apply([exampleOf('CartCheckedOut', { eventId: 'a', items, timestamp: NOON })]);
  await apply([exampleOf('CartExpired', { eventId: 'b', items, timestamp: NOON })]);
  const { carts, products, batches } = await figuresOf(DAY);
  const revenue = { EUR: 300 };
  assert.deepEqual(carts, { opened: 0, abandoned: 1, checkedOut: 1, unitsCheckedOut: 2, revenue });
  assert.deepEqual(products, { p: { checkedOut: 2, revenue } });
  assert.equal(batches, 2);
});

test('a product has the name of its newest version, in whichever order its events arrive', async (t) => {
  const { apply, table } = openAnalytics(t);
  const edited = (version: number, name: string) =>
    exampleOf('ProductEdited', { version, name, timestamp: NOON });
  await apply([edited(4, 'Mug'), exampleOf('ProductCreated', { version: 1, name: 'Cup' })]);
  await apply([edited(3, 'Beaker'), exampleOf('ProductSnapshot', { version: 2, name: 'Jug' })]);
  assert.deepEqual(await table.get(nameKey('p')), { version: 4, name: 'Mug' });
  await apply([edited(6, 'Glass'), edited(5, 'Bowl')]);
  assert.equal((await table.get(nameKey('p')))?.name, 'Glass');
  await apply([exampleOf('ProductEdited', { version: 7, name: 'Glass', previousName: 'Glass' })]);
  assert.equal((await table.get(nameKey('p')))?.version, 6, 'an edit of the price writes no name');
});

test('a name that cannot be stored fails its events, and no others', async (t) => {
  const { apply, hooks, figuresOf, table } = openAnalytics(t);
  hooks.onWrite = (pks) => {
    if (pks.includes('name#p')) throw new DomainError('unavailable', 'store-unavailable', 'Unavailable');
  };
  const price = { price: 2, previousPrice: 1, timestamp: NOON };
  const edited = exampleOf('ProductEdited', { eventId: 'e', version: 2, name: 'Cup', ...price });
  const events = [edited, added('a'), exampleOf('ProductCreated', { productId: 'q', name: 'Q' })];
  assert.deepEqual(await apply(events), ['failed', 'applied', 'applied']);
  delete hooks.onWrite;
  assert.deepEqual(await apply([edited]), ['applied']);
  assert.equal((await table.get(nameKey('p')))?.version, 2);
  assert.equal((await figuresOf(DAY)).products['p']?.priceChanges?.length, 1, 'counted once');
});

test('events by which an audit repairs holds count for nothing', async (t) => {
  const { apply, table } = openAnalytics(t);
  const eventId = repairIdOf('c', 'p', 5);
  const events = [
    exampleOf('CartExpired', { eventId, timestamp: NOON }),
    exampleOf('ProductRemovedFromCart', { eventId, timestamp: NOON }),
  ];
  assert.deepEqual(await apply(events), ['applied', 'applied']);
  assert.equal(await table.get(dayKey(DAY)), undefined);
});
