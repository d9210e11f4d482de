import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames } from '@tandem/contracts/topology';
import { synthesize } from '../../../infra/src/testing/synth.ts';
import { bills } from './bill.ts';
import { costLimits } from './cost-limits.ts';
import { readMeasured, readPrices } from './files.ts';
import { dollars } from './line.ts';
import { factsOf } from './templates.ts';

const measured = readMeasured();
const facts = factsOf(synthesize({ egress: 'nat' }));
const currentBills = bills({ facts, measured, prices: readPrices() });
/** The limits include the measured services alone. */
const isMeasured = serviceNames.every((service) => measured.services[service]);
const skip = !isMeasured && 'a service was not measured: run npm run measure, and set its limits';

for (const [name, limit] of Object.entries(costLimits)) {
  test(`${name} costs at most ${dollars(limit)} a month`, { skip }, () => {
    const total = currentBills.find((bill) => bill.name === name)?.total ?? Number.POSITIVE_INFINITY;
    assert.ok(total <= limit, `${name} costs ${dollars(total)}`);
  });
}
