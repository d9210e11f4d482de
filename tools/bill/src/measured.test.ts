import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topology } from '@tandem/contracts/topology';
import { mix } from '@tandem/load/mix';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';

const measured = readMeasured();
const again = 'measure again: npm run measure';

test('every request of the mix was measured', () => {
  const known = Object.keys({ ...mix.product, ...mix.cart });
  assert.deepEqual(Object.keys(measured.operations).sort(), known.sort(), again);
});

test('every event was measured', () => {
  const types = Object.values(topology.topics).flatMap(({ eventTypes }) => eventTypes);
  assert.deepEqual(Object.keys(measured.events).sort(), types.sort(), again);
});

test('the measurement names only existing tables, indexes and topics', () => {
  const places = new Set(
    Object.entries(topology.tables).flatMap(([table, { indexes }]) => [
      table,
      ...Object.keys(indexes).map((it) => `${table}/${it}`),
    ]),
  );
  for (const [name, { read, write, messages }] of Object.entries(measured.operations)) {
    for (const place of Object.keys({ ...read, ...write }))
      assert.ok(places.has(place), `${name}: ${place}; ${again}`);
    for (const message of Object.keys(messages))
      assert.ok(
        Object.keys(topology.topics).some((it) => message.startsWith(`${it} `)),
        message,
      );
  }
});

test('the cost of a stock change does not depend on the length of the description', () => {
  const units = (change: string, by: 'read' | 'write') =>
    measured.stockChanges.filter((it) => it.change === change).map((it) => it[by]);
  assert.deepEqual(
    [...new Set(measured.stockChanges.map((it) => it.descriptionCharacters))],
    [105, 4_000],
    again,
  );
  for (const [change, by] of [
    ['delivery', 'write'],
    ['hold', 'write'],
    ['hold', 'read'],
  ] as const) {
    const [short, long] = units(change, by);
    assert.deepEqual(long, short, `${change}: ${by} units`);
  }
});

test('an expiring hold is removed from the index, and Product publishes its expiry', () => {
  const { expiry, sweep } = measured.holds;
  assert.ok((expiry.write['products/byHoldExpiry'] ?? 0) > 0, again);
  assert.equal(expiry.messages['product-events-topic InventoryReservationExpired'], 1);
  assert.deepEqual([sweep.read, sweep.write], [{ 'products/byHoldExpiry': 0.5 }, {}]);
});

test('operations that change data write, and reads do not', () => {
  for (const [name, { write }] of Object.entries(measured.operations)) {
    assert.equal(Object.keys(write).length === 0, /^(read|list) /.test(name), name);
  }
});

test('each price has a source, a date and a unit', () => {
  const { prices, free } = readPrices();
  for (const [name, { value, unit, source, date }] of [...Object.entries(prices), ...Object.entries(free)]) {
    assert.ok(value > 0 && unit !== '' && source !== '', name);
    assert.match(date, /^20\d\d-\d\d/, name);
  }
});
