import assert from 'node:assert/strict';
import { test, type TestOptions } from 'node:test';
import { serviceNames } from '@tandem/contracts/topology';
import { synthesizeAll } from '../../../infra/src/testing/synth.ts';
import { bills } from './bill.ts';
import { costGoals, costLimits, serviceLimits } from './cost-limits.ts';
import { PRESETS } from './facts.ts';
import { readMeasured, readPrices } from './files.ts';
import { dollars } from './line.ts';
import { settingsFor } from './settings.ts';
import { factsOf } from './templates.ts';
import { sumOf } from './usage.ts';

const measured = readMeasured();
/** The limits include the measured services alone. */
const isMeasured = serviceNames.every((service) => measured.services[service] ?? measured.batches[service]);
const skip = !isMeasured && 'a service was not measured: run npm run measure, and set its limits';

const deployments = PRESETS.map((preset) => {
  const facts = factsOf(synthesizeAll(settingsFor({ egress: 'nat', capacity: preset })));
  const all = bills({ facts, measured, prices: readPrices() });
  return { preset, facts, find: (name: string) => all.find((bill) => bill.name === name) };
});

/** Tests that a scenario costs at most these amounts, without services that run as functions. */
function testScenarios(limits: typeof costLimits, options: TestOptions): void {
  for (const { preset, facts, find } of deployments)
    for (const [name, limit] of Object.entries(limits[preset]))
      test(
        `${preset}: ${name} costs at most ${dollars(limit)} a month, without services that run as functions`,
        options,
        () => {
          const { total = Number.POSITIVE_INFINITY, parts = [] } = find(name) ?? {};
          const functions = parts.filter((part) => part.name in facts.functions);
          const others = total - sumOf(functions, ({ monthly }) => monthly);
          assert.ok(others <= limit, `${name} costs ${dollars(others)}`);
        },
      );
}

testScenarios(costLimits, { skip });
testScenarios(costGoals, { skip, todo: 'what dominates is in decision 066' });

for (const { preset, find } of deployments)
  for (const [service, limits] of Object.entries(serviceLimits))
    for (const [name, limit] of Object.entries(limits))
      test(`${preset}: ${service} adds at most ${dollars(limit)} to ${name}`, { skip }, () => {
        const { monthly = Number.POSITIVE_INFINITY } =
          find(name)?.parts.find((part) => part.name === service) ?? {};
        assert.ok(monthly <= limit, `it adds ${dollars(monthly)}`);
      });
