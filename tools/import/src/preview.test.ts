import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './preview.ts';

const stored = {
  productId: 'bell',
  name: 'Bell',
  description: 'Rings.',
  price: 1_490,
  currency: 'EUR',
  inventory: 8,
  onHand: 10,
  held: 2,
  version: 3,
  createdAt: '2026-11-01T00:00:00Z',
  updatedAt: '2026-11-01T00:00:00Z',
};
const line = (fields: Parameters<typeof compare>[1]['fields']) => ({ productId: 'bell', fields });
const outcomeOf = (...parameters: Parameters<typeof compare>) => {
  const result = compare(...parameters);
  return 'reason' in result
    ? result.reason
    : [
        result.outcome,
        ...result.changes.map(({ field, before, after }) => `${field}: ${before} ${after}`),
      ].join(', ');
};

test('a row changes the fields that it has, and the stock only in a stock count', () => {
  const row = line({ name: 'Bell', price: 1_990, inventory: 7 });
  assert.equal(outcomeOf(stored, row, false), 'updated, price: 1490 1990');
  assert.equal(outcomeOf(stored, row, true), 'updated, price: 1490 1990, onHand: 10 7');
});

test('a row that changes nothing leaves the product unchanged: a count is compared with the stock on hand', () => {
  assert.equal(outcomeOf(stored, line({ name: 'Bell' }), true), 'unchanged');
  assert.equal(outcomeOf(stored, line({ description: 'Rings.', inventory: 10 }), true), 'unchanged');
  assert.equal(outcomeOf(stored, line({ inventory: 8 }), true), 'updated, onHand: 10 8');
});

test('a row of a new product creates it with its units, or is rejected for the fields that it lacks', () => {
  const row = line({ name: 'Bell', price: 1, currency: 'EUR', inventory: 7 });
  assert.equal(
    outcomeOf(undefined, row, false),
    'created, name: undefined Bell, price: undefined 1, currency: undefined EUR, onHand: undefined 7',
  );
  assert.equal(
    outcomeOf(undefined, line({ name: 'Bell' }), false),
    '/price: is required for a new product; /currency: is required for a new product',
  );
});
