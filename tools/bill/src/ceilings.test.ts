import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesize } from '@tandem/infra/testing/synth';
import { bills } from './bill.ts';
import { ceilings } from './ceilings.ts';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { factsOf } from './templates.ts';
import { dollars } from './line.ts';

const made = bills({
  facts: factsOf(synthesize({ egress: 'nat' })),
  measured: readMeasured(),
  prices: readPrices(),
});

for (const [name, ceiling] of Object.entries(ceilings)) {
  test(`${name} costs at most ${dollars(ceiling)} a month`, () => {
    const total = made.find((it) => it.name === name)?.total ?? Number.POSITIVE_INFINITY;
    assert.ok(total <= ceiling, `${name} costs ${dollars(total)}`);
  });
}
