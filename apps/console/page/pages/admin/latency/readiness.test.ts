import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readinessOf } from './readiness.ts';

const line = { availability: 'available', priceChanged: false, hold: 'held' } as const;

test('M5: a line can be bought only if nothing of it would fail the checkout', () => {
  assert.equal(readinessOf(line).isReady, true);
  const notReady = [
    { ...line, priceChanged: true },
    { ...line, priceChanged: true, currentCurrency: 'USD' },
    { ...line, availability: 'insufficient' },
    { ...line, availability: 'unavailable' },
    { ...line, hold: 'none' },
    { ...line, hold: 'pending' },
  ] as const;
  const texts = notReady.map((other) => readinessOf(other));
  assert.deepEqual(
    texts.map(({ isReady }) => isReady),
    notReady.map(() => false),
  );
  assert.doesNotMatch(texts.map(({ text }) => text).join('\n'), /^Can be bought$/m);
});
