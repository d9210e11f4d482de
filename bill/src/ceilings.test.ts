import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesize } from '@tandem/infra/testing/synth';
import { bills } from './bill.ts';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { dollars } from './print.ts';

/** Dollars a month that the system may cost, with one NAT gateway. */
const ceilings = { average: 115, 'sustained-peak': 185, worst: 310 };

const made = bills({
  templates: synthesize({ egress: 'nat' }),
  measured: readMeasured(),
  prices: readPrices(),
});

for (const [name, ceiling] of Object.entries(ceilings)) {
  test(`${name} costs at most ${dollars(ceiling)} a month`, () => {
    const total = made.find((it) => it.name === name)?.total ?? Number.POSITIVE_INFINITY;
    assert.ok(total <= ceiling, `${name} costs ${dollars(total)}`);
  });
}
