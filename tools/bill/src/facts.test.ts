import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { synthesize } from '@tandem/infra/testing/synth';
import { bills } from './bill.ts';
import type { Facts } from './facts.ts';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { FACTS_FILE, factsOf } from './templates.ts';

const kept = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as Facts;
const read = factsOf(synthesize());

test('the facts that are kept are those of the stacks', () => {
  assert.deepEqual(kept, read, 'tools/bill/facts.json is stale: npm run bill -- --write-facts');
});

test('they come to the same bills', () => {
  const given = { measured: readMeasured(), prices: readPrices() };
  assert.deepEqual(bills({ ...given, facts: kept }), bills({ ...given, facts: read }));
});
