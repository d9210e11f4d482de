import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assumptions } from './assumptions.ts';

test('the moves of one product are those that npm run hot-product measured, in hundreds', () => {
  const file = new URL('../../load/results/hot-product.json', import.meta.url);
  const { movesPerSecond } = JSON.parse(readFileSync(file, 'utf8')) as { movesPerSecond: number };
  assert.equal(assumptions.movesOfOneProductPerSecond, Math.floor(movesPerSecond / 100) * 100);
});

test('the share of the hottest product is that of the measured mix', () => {
  const file = new URL('../../load/results/hot-product.json', import.meta.url);
  const { mixed } = JSON.parse(readFileSync(file, 'utf8')) as { mixed: { every: number }[] };
  for (const { every } of mixed) assert.equal(assumptions.hottestProduct, 1 / every);
});
