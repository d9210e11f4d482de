import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesizeAll } from '../../../infra/src/testing/synth.ts';
import { bills } from './bill.ts';
import { PRESETS } from './facts.ts';
import { readFacts, readMeasured, readPeakUnits, readPrices } from './files.ts';
import { peakUnitsOf } from './peak-units.ts';
import { settingsFor } from './settings.ts';
import { factsOf } from './templates.ts';
import { measuredNameOf } from './usage.ts';

const current = factsOf(synthesizeAll(settingsFor({})));
const again = 'run npm run bill -- --write-facts';

test('the files have the facts of the current stacks, with each preset of the capacity', () => {
  assert.deepEqual(readFacts(), current, `tools/bill/facts.json is stale: ${again}`);
  for (const preset of PRESETS)
    assert.deepEqual(
      readFacts(preset),
      factsOf(synthesizeAll(settingsFor({ capacity: preset }))),
      `${preset}: ${again}`,
    );
});

test('tools/bill/peak-units.json has the units at the peak, as measured', () => {
  assert.deepEqual(readPeakUnits(), peakUnitsOf(current, readMeasured()), again);
});

test('the preset steady sustains the peak at once: no table or index is used beyond 70 % of its minimum', () => {
  const peak = readPeakUnits();
  const provisioned = readFacts('steady').tables.filter(({ read }) => read.mode === 'provisioned');
  assert.deepEqual(provisioned.map(measuredNameOf).sort(), Object.keys(peak).sort());
  for (const table of provisioned)
    for (const access of ['read', 'write'] as const) {
      const capacity = table[access];
      assert.ok(capacity.mode === 'provisioned' && capacity.target <= 0.7);
      const used = peak[measuredNameOf(table)]?.[access] ?? 0;
      assert.ok(used <= 0.7 * capacity.min, `${measuredNameOf(table)}: ${used} of ${capacity.min}`);
    }
});

test('facts yield the same bills after they were stored', () => {
  const inputs = { measured: readMeasured(), prices: readPrices() };
  const restored = JSON.parse(JSON.stringify(current)) as typeof current;
  assert.deepEqual(bills({ ...inputs, facts: restored }), bills({ ...inputs, facts: current }));
});
