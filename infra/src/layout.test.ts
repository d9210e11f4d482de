import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Layout, layoutOf, refusedChanges, type Stateful, type TableLayout } from './layout.ts';
import { stateful, synthesizeAll } from './testing/synth.ts';

const recorded = JSON.parse(readFileSync(new URL('../layout.json', import.meta.url), 'utf8')) as Layout;
const current = layoutOf(synthesizeAll(stateful));

test('no change since the recorded layout would be refused, or lose data (aws F14)', () => {
  assert.deepEqual(refusedChanges(recorded, current), []);
});

test('the layout is recorded: npm run record-layout, and commit infra/layout.json', () => {
  assert.deepEqual(current, recorded);
});

test('the layout is that of every stage, whatever its names, capacity and services', () => {
  const staging = layoutOf(
    synthesizeAll({ ...stateful, namePrefix: 'staging-', capacity: { mode: 'onDemand' } }),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(staging).replaceAll('staging-', '')), recorded);
});

const id = 'TableCD117FA1';
const carts = (change: (table: TableLayout) => TableLayout): Layout => {
  const { [id]: entry, ...others } = recorded['cart-data'] ?? {};
  assert.ok(entry?.table);
  return { ...recorded, 'cart-data': { ...others, [id]: { ...entry, table: change(entry.table) } } };
};
const resource = (change: (entry: Stateful) => Stateful | undefined, of = id): Layout => {
  const { [of]: entry, ...others } = recorded['cart-data'] ?? {};
  assert.ok(entry);
  const changed = change(entry);
  return { ...recorded, 'cart-data': { ...others, ...(changed && { [of]: changed }) } };
};
const [indexName = '', index] = Object.entries(recorded['cart-data']?.[id]?.table?.indexes ?? {})[0] ?? [];
assert.ok(index);

const refused: Readonly<Record<string, readonly [Layout, RegExp]>> = {
  'another projection under the same name, as byUser once got': [
    carts((table) => ({
      ...table,
      indexes: { ...table.indexes, [indexName]: { ...index, projection: 'ALL' } },
    })),
    /index byUser cannot be changed.*another name/,
  ],
  'another projected attribute': [
    carts((table) => ({
      ...table,
      indexes: { ...table.indexes, [indexName]: { ...index, attributes: ['state'] } },
    })),
    /index byUser cannot be changed/,
  ],
  'other keys of an index': [
    carts((table) => ({
      ...table,
      indexes: { ...table.indexes, [indexName]: { ...index, keys: ['HASH x N'] } },
    })),
    /index byUser cannot be changed/,
  ],
  'two more indexes': [
    carts((table) => ({ ...table, indexes: { ...table.indexes, a: index, b: index } })),
    /adds or removes one index, and these are a, b/,
  ],
  'a renamed index, which is one less and one more': [
    carts((table) => ({ ...table, indexes: { renamed: index } })),
    /adds or removes one index, and these are byUser, renamed/,
  ],
  'another key of the table': [
    carts((table) => ({ ...table, keys: ['HASH id S'] })),
    /keys of a table cannot be changed/,
  ],
  'another type of a key': [
    carts((table) => ({ ...table, keys: ['HASH pk N'] })),
    /keys of a table cannot be changed/,
  ],
  'another stream view': [carts((table) => ({ ...table, stream: 'NEW_IMAGE' })), /another stream view/],
  'no stream': [carts((table) => ({ ...table, stream: undefined })), /another stream view/],
  'another TTL attribute': [carts((table) => ({ ...table, ttl: 'ttl' })), /TTL attribute/],
  'another name of a table': [
    resource((entry) => ({ ...entry, name: 'baskets' })),
    /would be replaced by an empty .* baskets/,
  ],
  'another name of a queue': [
    resource((entry) => ({ ...entry, name: 'updates' }), 'cartproductupdatesqueue8F27F1D3'),
    /cart-product-updates-queue .* would be replaced/,
  ],
  'another type': [resource((entry) => ({ ...entry, type: 'AWS::DynamoDB::Table' })), /would be replaced/],
  'another logical id, or another stack': [resource(() => undefined), /is gone or has another logical id/],
};

for (const [name, [changed, message]] of Object.entries(refused))
  test(`refused, with what to do instead: ${name}`, () => {
    const lines = refusedChanges(recorded, changed);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', message);
  });

test('one index more or less at a time, a new queue and a new stack are allowed', () => {
  for (const change of [
    carts((table) => ({ ...table, indexes: { ...table.indexes, byDate: index } })),
    carts((table) => ({ ...table, indexes: {} })),
    { ...recorded, 'notifications-data': recorded['cart-data'] ?? {} },
  ])
    assert.deepEqual(refusedChanges(recorded, change), []);
});
