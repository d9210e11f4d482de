import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { synthesize } from '../../../infra/src/testing/synth.ts';
import { bills } from './bill.ts';
import type { Facts } from './facts.ts';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { FACTS_FILE, factsOf } from './templates.ts';

const stored = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as Facts;
const current = factsOf(synthesize());

test('tools/bill/facts.json has the facts of the current stacks', () => {
  assert.deepEqual(stored, current, 'tools/bill/facts.json is stale: run npm run bill -- --write-facts');
});

test('stored and current facts yield the same bills', () => {
  const inputs = { measured: readMeasured(), prices: readPrices() };
  assert.deepEqual(bills({ ...inputs, facts: stored }), bills({ ...inputs, facts: current }));
});
