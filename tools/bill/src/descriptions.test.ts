import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bills } from './bill.ts';
import { MEASURED_DESCRIPTION_BYTES, withDescriptions } from './descriptions.ts';
import { readFacts, readMeasured, readPrices } from './files.ts';
import { scenarios } from './traffic.ts';

const measured = readMeasured();
const billOf = (bytes: number) => {
  const inputs = { facts: readFacts(), measured: withDescriptions(measured, bytes), prices: readPrices() };
  const [bill] = bills(
    inputs,
    scenarios.filter(({ name }) => name === 'sustained-peak'),
  );
  assert.ok(bill);
  return bill;
};

test('descriptions of the measured size change nothing', () => {
  assert.deepEqual(withDescriptions(measured, MEASURED_DESCRIPTION_BYTES), measured);
});

test('what carts cause costs the same with descriptions of 4,000 bytes', () => {
  const long = withDescriptions(measured, 4_000);
  for (const [name, operation] of Object.entries(measured.operations))
    if (!/product|price|stock/.test(name) || name === 'accept a price')
      assert.deepEqual(long.operations[name as keyof typeof long.operations], operation, name);
  assert.deepEqual(long.holds, measured.holds);
});

test('longer descriptions cost their transfer, storage, and the writes of their own item', () => {
  const [short, long] = [billOf(MEASURED_DESCRIPTION_BYTES), billOf(4_000)];
  const changed = long.lines
    .filter(({ item, monthly }) => short.lines.find((line) => line.item === item)?.monthly !== monthly)
    .map(({ item }) => item);
  const expected = [
    'Load balancer, capacity units',
    'Data transfer to the internet',
    'products: write units',
    'products: read units',
    'Point-in-time recovery',
  ];
  assert.deepEqual(
    changed.filter((item) => !expected.includes(item)),
    [],
  );
  const amount = (item: string) => long.lines.find((line) => line.item === item)?.monthly ?? 0;
  const before = (item: string) => short.lines.find((line) => line.item === item)?.monthly ?? 0;
  const more = amount('products: write units') - before('products: write units');
  // A product that is put anew: 2 of 1,000 requests to Product, half of them, three more units of a transaction.
  assert.ok(more > 0 && more < 1.5, `$${more}`);
  assert.equal(amount('products/byCategory: write units'), before('products/byCategory: write units'));
});
