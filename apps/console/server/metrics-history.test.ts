import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topology } from '@tandem/contracts/topology';
import { createHistory } from './metrics-history.ts';
import type { State } from './protocol.ts';

const QUEUE = 'cart-product-updates-queue';
const DLQ = 'cart-product-updates-dlq';

test('samples are rates, lags and depths of each interval, of at most 15 minutes', async () => {
  let taken = 0;
  const state = async () =>
    ({
      at: 1_000_000 + taken * 5_000,
      traffic: {
        sinceMs: 0,
        requests: {
          product: { reads: taken * 40, writes: taken * 10 },
          cart: { reads: 0, writes: 0 },
          analytics: { reads: 0, writes: 0 },
        },
      },
      tables: taken < 2 ? {} : { products: { writes: (taken - 1) * 25 } },
      queues: Object.fromEntries(
        Object.keys(topology.queues).map((queue) => [queue, { visible: taken, inFlight: 1, oldestMs: 7 }]),
      ),
      deadLetters: { [DLQ]: taken },
    }) as unknown as State;
  const history = createHistory({
    topology,
    metrics: { lagOf: (service) => (service === 'cart' && taken > 0 ? { p50: 4, max: 9 } : undefined) },
    state,
  });
  assert.deepEqual(history.read(15).services.cart.lagMaxMs, []);
  for (; taken < 4; taken += 1) await history.sample();
  const { services, tables, queues, deadLetters, endAt, stepMs } = history.read(15);
  assert.deepEqual([endAt, stepMs], [1_015_000, 5_000]);
  assert.deepEqual(services.product.requestsPerSecond, [10, 10, 10]);
  assert.deepEqual(
    [services.cart.lagP50Ms, services.cart.lagMaxMs, services.product.lagP50Ms],
    [
      [4, 4, 4],
      [9, 9, 9],
      [null, null, null],
    ],
  );
  assert.deepEqual(tables.products?.writesPerSecond, [0, 5, 5]);
  assert.deepEqual(
    [queues[QUEUE].backlog, queues[QUEUE].oldestMs],
    [
      [2, 3, 4],
      [7, 7, 7],
    ],
  );
  assert.deepEqual(deadLetters[DLQ], [1, 2, 3]);

  for (; taken < 300; taken += 1) await history.sample();
  assert.equal(history.read(15).deadLetters[DLQ]?.length, 180);
  assert.equal(history.read(60).deadLetters[DLQ]?.length, 180);
  assert.deepEqual(
    history.read(1).deadLetters[DLQ],
    Array.from({ length: 12 }, (_, i) => 288 + i),
  );
});
