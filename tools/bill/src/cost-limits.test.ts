import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesize } from '../../../infra/src/testing/synth.ts';
import { bills } from './bill.ts';
import { costLimits } from './cost-limits.ts';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { factsOf } from './templates.ts';
import { dollars } from './line.ts';

const currentBills = bills({
  facts: factsOf(synthesize({ egress: 'nat' })),
  measured: readMeasured(),
  prices: readPrices(),
});

for (const [name, limit] of Object.entries(costLimits)) {
  test(`${name} costs at most ${dollars(limit)} a month`, () => {
    const total = currentBills.find((bill) => bill.name === name)?.total ?? Number.POSITIVE_INFINITY;
    assert.ok(total <= limit, `${name} costs ${dollars(total)}`);
  });
}
