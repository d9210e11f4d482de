import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventSchemas, type EventType, MAX_PRICE } from './events.ts';
import { eventExamples } from './examples.ts';
import { readEvent } from './read-event.ts';

const [order] = eventExamples.CartCheckedOut;
const [request] = eventExamples.InventoryReservationRequested;
const line = { productId: 'p', qty: 1, priceAtAdd: 1 };
const many = <T>(count: number, element: T) => Array.from({ length: count }, () => element);

/** Faults of an event; their text has 4,000 characters at most, whatever the size of the event. */
function faultsOf(event: object) {
  const reading = readEvent(JSON.stringify(event));
  assert.ok(!reading.ok && reading.reason === 'invalid');
  assert.ok(reading.errors.length <= 20);
  assert.ok(JSON.stringify(reading).length <= 4_000);
  return reading.errors;
}

test('an event of 240 KB with 240,000 faults is reported with the first 20 (security 12)', () => {
  const errors = faultsOf({ ...order, items: many(80_000, {}) });
  assert.equal(errors.length, 20);
  assert.equal(errors[0]?.pointer, '/items/0/productId');
});

test('faults anywhere in a long list are found, with their index (security 12)', () => {
  const pointers = (items: readonly object[]) => faultsOf({ ...order, items }).map(({ pointer }) => pointer);
  assert.deepEqual(pointers([...many(350, line), { ...line, qty: 0 }]), ['/items/350/qty']);
  assert.deepEqual(pointers([...many(100, line), { ...line, priceAtAdd: -1 }, ...many(50, line)]), [
    '/items/100/priceAtAdd',
  ]);
  assert.equal(pointers([...many(350, line), ...many(70_000, {})])[0], '/items/350/productId');
});

test('faults of lists within lists, and of lists that are too long, are bounded too (security 12)', () => {
  const movedFrom = many(80_000, {});
  assert.equal(
    faultsOf({ ...request, items: [{ productId: 'p', qty: 1, movedFrom }] })[0]?.pointer,
    '/items/0/movedFrom',
  );
  const tooLong = faultsOf({ ...request, items: many(101, { productId: 'p', qty: 1 }) });
  assert.deepEqual(
    tooLong.map(({ pointer }) => pointer),
    ['/items'],
  );
});

test('a valid list of any length is read whole, in its order', () => {
  const items = Array.from({ length: 1_234 }, (_, i) => ({ ...line, productId: `p-${i}` }));
  assert.deepEqual(readEvent(JSON.stringify({ ...order, items })), { ok: true, event: { ...order, items } });
});

test('the total of a full cart at the largest price is an exact integer (interop A10)', () => {
  const items = many(100, { productId: 'p', qty: 999, priceAtAdd: MAX_PRICE });
  const totalAmount = 100 * 999 * MAX_PRICE;
  assert.ok(Number.isSafeInteger(totalAmount + 1));
  assert.ok(readEvent(JSON.stringify({ ...order, items, totalAmount })).ok);
});

test('an unknown event type is reported with 200 characters at most (security 12)', () => {
  const reading = readEvent({ eventType: 'x'.repeat(200_000) });
  assert.deepEqual(reading, { ok: false, reason: 'unknownType', eventType: 'x'.repeat(200) });
});

test('reading never throws, however deep the nesting is (security 12)', () => {
  const nested = `${'['.repeat(120_000)}${']'.repeat(120_000)}`;
  const body = JSON.stringify(order);
  assert.deepEqual(readEvent(`${body.slice(0, -1)},"note":${nested}}`), { ok: true, event: order });
  assert.equal(readEvent(`{"eventType":"CartCheckedOut","items":${nested}}`).ok, false);
});

test('ids and names are read in composed form', () => {
  const [example] = eventExamples.ProductUpdated;
  const [name, category, productId] = ['Cafe\u0301', 'Mo\u0308bel', 'gro\u0308\u00DFe-1'];
  const reading = readEvent(JSON.stringify({ ...example, name, category, productId }));
  const composed = { name: 'Caf\u00E9', category: 'M\u00F6bel', productId: 'gr\u00F6\u00DFe-1' };
  assert.deepEqual(reading, { ok: true, event: { ...example, ...composed } });
});

for (const eventType of Object.keys(eventSchemas) as EventType[]) {
  test(`${eventType}: each optional field that is null counts as absent (contract 3)`, () => {
    const example: Readonly<Record<string, unknown>> = Object.assign({}, ...eventExamples[eventType]);
    for (const [field, value] of Object.entries(example)) {
      const { [field]: _, ...without } = example;
      assert.deepEqual(readEvent({ ...example, [field]: null }), readEvent(without), field);
      const [element] = Array.isArray(value) ? (value as readonly object[]) : [];
      for (const inner of Object.keys(element ?? {})) {
        const { [inner]: __, ...rest } = element as Readonly<Record<string, unknown>>;
        const withNull = readEvent({ ...example, [field]: [{ ...element, [inner]: null }] });
        assert.deepEqual(withNull, readEvent({ ...example, [field]: [rest] }), `${field}/*/${inner}`);
      }
    }
  });
}
