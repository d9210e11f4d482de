import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesize } from '../../../infra/src/testing/synth.ts';
import { bills } from './bill.ts';
import { readFacts, readMeasured, readPrices } from './files.ts';
import { factsOf } from './templates.ts';

const stored = readFacts();
const current = factsOf(synthesize());

test('tools/bill/facts.json has the facts of the current stacks', () => {
  assert.deepEqual(stored, current, 'tools/bill/facts.json is stale: run npm run bill -- --write-facts');
});

test('facts yield the same bills after they were stored', () => {
  const inputs = { measured: readMeasured(), prices: readPrices() };
  const restored = JSON.parse(JSON.stringify(current)) as typeof current;
  assert.deepEqual(bills({ ...inputs, facts: restored }), bills({ ...inputs, facts: current }));
});
