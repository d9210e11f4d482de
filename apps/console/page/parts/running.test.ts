import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { about } from '../live.ts';
import { running, runningServices } from './running.ts';

test('without a system all services are shown, otherwise those that run', () => {
  for (const unknown of [undefined, null]) {
    about.value = unknown;
    assert.deepEqual([runningServices.value, running.value], [serviceNames, topology]);
  }
  const url = 'http://127.0.0.1:8080';
  const urls = { gateway: url, aws: url, cart: url, product: url };
  about.value = { urls: urls as never, mode: 'oneProcess', demoUsers: [], traceUrl: null };
  assert.deepEqual(runningServices.value, ['product', 'cart']);
  assert.deepEqual(Object.keys(running.value.queues), [
    'product-cart-events-queue',
    'cart-product-updates-queue',
  ]);
});
