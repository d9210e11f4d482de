import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mix, type Operation, PEAK_PER_MINUTE } from './mix.ts';
import { createPlan, type PlannedRequest, type Prepared, type PreparedCart } from './plan.ts';
import { cartsFor } from './prepare.ts';
import { operations, peakRates, ratesFor, serviceOf, totalOf } from './rates.ts';

const ids = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`);
const cartsNamed = (name: string, count: number, productId: string): PreparedCart[] =>
  ids(name, count).map((cartId) => ({ cartId, lines: { [productId]: 1 } }));
const prepared: Prepared = {
  runId: 'run',
  catalogToken: 'catalog',
  userTokens: ['user'],
  steady: ids('steady', 80),
  changing: ids('changing', 20),
  carts: {
    browsed: cartsNamed('browsed', 500, 'steady-1'),
    bought: cartsNamed('bought', 400, 'steady-2'),
    merged: cartsNamed('target', 200, 'steady-3').map((target, i) => [
      target,
      { cartId: `source-${i}`, lines: { 'steady-4': 1 } },
    ]),
    repriced: cartsNamed('repriced', 200, 'changing-1'),
  },
};
const requestsOf = (count: number, rates = peakRates, seed = 1): PlannedRequest[] =>
  Array.from({ length: count }, createPlan(prepared, rates, seed));

test('each operation has the frequency of the mix, at the peak’s proportion of the services', () => {
  const requests = requestsOf(60_000);
  const total = Object.values(PEAK_PER_MINUTE).reduce((sum, perMinute) => sum + perMinute, 0);
  for (const operation of operations) {
    const service = serviceOf(operation);
    const weight = (mix[service] as Partial<Record<Operation, number>>)[operation] ?? 0;
    const sum = Object.values(mix[service]).reduce((sum, it) => sum + it, 0);
    const expected = requests.length * (PEAK_PER_MINUTE[service] / total) * (weight / sum);
    const count = requests.filter((request) => request.operation === operation).length;
    // Five standard deviations.
    assert.ok(
      Math.abs(count - expected) < 5 * Math.sqrt(expected),
      `${operation}: ${count}, not ${expected}`,
    );
  }
});

test('the same seed yields the same requests', () => {
  assert.deepEqual(requestsOf(500), requestsOf(500));
  assert.notDeepEqual(requestsOf(500), requestsOf(500, peakRates, 2));
});

test('single-use carts are used once, as long as there are enough', () => {
  const requests = requestsOf(30_000);
  for (const operation of ['check out', 'merge carts', 'accept a price'] as const) {
    const paths = requests.filter((request) => request.operation === operation).map(({ path }) => path);
    assert.ok(paths.length > 20, operation);
    assert.equal(new Set(paths).size, paths.length, operation);
  }
});

test('price changes never affect products in carts that are checked out', () => {
  const changed = requestsOf(20_000).filter(({ operation }) => operation === 'change a price');
  assert.ok(changed.length > 50);
  assert.ok(
    changed.every(({ path, token }) => path.startsWith('/products/changing-') && token === 'catalog'),
  );
});

test('conditional reads are of products that were read before', () => {
  const requests = requestsOf(20_000);
  const read = new Set<string>();
  for (const { operation, path, isConditional } of requests) {
    if (operation === 'read a product') read.add(path);
    if (isConditional && read.size > 0) assert.ok(read.has(path), path);
  }
});

test('a run has enough carts of each kind, with a margin', () => {
  const counts = cartsFor(peakRates, 70);
  assert.ok(counts.bought > 70 * peakRates['check out'] && counts.bought < 150, String(counts.bought));
  assert.equal(counts.browsed, Math.ceil(70 * peakRates['open a cart']));
});

test('the load of one service has all of its own requests, and those of the other service that publish events to it', () => {
  const rates = ratesFor('cart', 600);
  const own = operations.filter((operation) => serviceOf(operation) === 'cart');
  const sum = own.reduce((sum, operation) => sum + rates[operation], 0);
  assert.ok(Math.abs(sum - 10) < 1e-9);
  assert.equal(rates['read a product'], 0);
  assert.ok(rates['change a price'] > 0);
  assert.ok(totalOf(ratesFor('product', 600)) < 12);
});
