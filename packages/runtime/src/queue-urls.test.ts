import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlsByName } from './queue-urls.ts';

const url = (name: string) => `https://sqs.eu-central-1.amazonaws.com/123456789012/staging-${name}`;

test('each queue has its own URL, in any order and with any prefix, also where one name ends with another', () => {
  const urls = ['mail-orders-queue', 'orders-queue'].map(url);
  const expected = { 'orders-queue': url('orders-queue'), 'mail-orders-queue': url('mail-orders-queue') };
  for (const order of [urls, urls.toReversed()])
    assert.deepEqual(urlsByName(['orders-queue', 'mail-orders-queue'], order), expected);
});

test('a queue without URL is named', () => {
  assert.throws(() => urlsByName(['orders-queue'], []), /QUEUE_URLS has no URL of orders-queue/);
});
