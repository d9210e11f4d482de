import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import { synthesize, type Templates } from '../../../infra/src/testing/synth.ts';
import { type Bill, bills } from './bill.ts';
import { readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { excessTable, itemTable, scenarioTable } from './print.ts';
import { settingsFor } from './settings.ts';
import { factsOf } from './templates.ts';
import { evaluate } from './testing.ts';

const [measured, prices] = [readMeasured(), readPrices()];
const templates = synthesize();
const billsOf = (templates: Templates) => bills({ facts: factsOf(templates), measured, prices });
const usual = billsOf(templates);
const changed = (changes: Partial<SettingsInput>) => billsOf(synthesize(changes));

function find(all: readonly Bill[], name: string): Bill {
  const bill = all.find((it) => it.name === name);
  assert.ok(bill, name);
  return bill;
}
const amount = (bill: Bill, item: string) => bill.lines.find((it) => it.item === item)?.monthly;

/** Asserts equality to a cent, or to the rounding error of figures with six digits. */
function assertSameAmount(read: number, computed: number, text: string): void {
  assert.ok(
    Math.abs(read - computed) <= Math.max(0.005, 2e-5 * computed),
    `${text}\nevaluates to ${read}, not ${computed}`,
  );
}

for (const options of [{}, { egress: 'endpoints' }, { egress: 'ipv6', capacity: 'provisioned' }]) {
  test(`each formula evaluates to its amount: ${JSON.stringify(options)}`, () => {
    for (const { lines, total } of changed(settingsFor(options))) {
      for (const { monthly, formula, inputs } of lines) {
        assertSameAmount(evaluate(formula), monthly, formula);
        for (const it of inputs) assertSameAmount(evaluate(it.formula), it.value, it.formula);
      }
      assertSameAmount(
        lines.reduce((sum, { monthly }) => sum + monthly, 0),
        total,
        'the total',
      );
    }
  });
}

test('the number of tasks is the minimum of the settings, and more if requests need them', () => {
  const tasks = (bill: Bill) => amount(bill, 'Fargate, product')?.toFixed(2);
  assert.equal(tasks(find(usual, 'minimal')), '14.42');
  assert.equal(tasks(find(changed({ tasks: { min: 3, max: 8 } }), 'minimal')), '21.63');
  assert.equal(tasks(find(changed({ requestsPerTaskAndMinute: 1_000 }), 'sustained-peak')), '36.04');
});

test('the network items follow the egress setting', () => {
  const fixed = (egress: SettingsInput['egress']) =>
    find(changed(settingsFor({ egress })), 'minimal')
      .lines.filter(({ group }) => group === 'network')
      .map(({ item }) => item);
  assert.ok(fixed('nat').includes('NAT gateway'));
  assert.deepEqual(
    fixed('endpoints').filter((it) => /NAT|endpoints/.test(it)),
    ['Interface endpoints'],
  );
  assert.deepEqual(
    fixed('ipv6').filter((it) => /NAT|endpoints/.test(it)),
    [],
  );
});

test('a firewall, a KMS key and Container Insights add their costs', () => {
  const before = find(usual, 'sustained-peak');
  const after = find(
    changed({ waf: { requestsPerFiveMinutes: 2_000 }, customerKey: true, containerInsights: true }),
    'sustained-peak',
  );
  assert.equal(amount(after, 'Web application firewall')?.toFixed(2), (6 + 262.8 * 0.6).toFixed(2));
  assert.ok(
    (amount(after, 'KMS, keys of topics and queues') ?? 0) >
      (amount(before, 'KMS, keys of topics and queues') ?? 0) + 1,
  );
  assert.equal(amount(after, 'Container Insights')?.toFixed(2), (2 * 180 * 0.07).toFixed(2));
});

test('a batching window of the relays reduces invocations and publishes', () => {
  const [before, after] = [
    find(changed({ relayBatchWindowSeconds: 0 }), 'sustained-peak'),
    find(changed({ relayBatchWindowSeconds: 1 }), 'sustained-peak'),
  ];
  for (const item of ['Lambda, invocations', 'SNS, publishes'])
    assert.ok((amount(after, item) ?? 0) < (amount(before, item) ?? 0), item);
});

test('an unclassified resource type is an error that names it', () => {
  const { network, ...others } = templates;
  const Resources = { ...network.Resources, Fleet: { Type: 'AWS::GameLift::Fleet', Properties: {} } };
  assert.throws(() => billsOf({ ...others, network: { Resources } }), /AWS::GameLift::Fleet/);
});

test('cost grows no faster than traffic', () => {
  const per = ['sustained-peak', '10x', '100x', '1000x'].map((name) => find(usual, name).perMillionRequests);
  assert.deepEqual(
    per,
    [...per].sort((a, b) => b - a),
  );
});

test('the bill includes the cost of expiring holds: their index, its sweeps and the events', () => {
  const bill = find(usual, 'sustained-peak');
  assert.ok(bill.holds > 0 && bill.holds < 0.1 * bill.total, `${bill.holds} of ${bill.total}`);
  assert.ok((amount(bill, 'Sweeps for overdue holds') ?? 0) > 0);
  assert.match(itemTable(bill), /thereof for expiring holds/);
});

test('exceeded limits are reported: none at the peak, all kinds at a thousand times the peak', () => {
  assert.deepEqual(find(usual, 'sustained-peak').excesses, []);
  const kinds = new Set(find(usual, '1000x').excesses.map(({ kind }) => kind));
  assert.deepEqual([...kinds].sort(), ['limit', 'quota', 'setting']);
});

test('a report fits into 100 columns', () => {
  const text = [
    scenarioTable(usual),
    ...usual.flatMap((it) => [itemTable(it, { withInputs: true }), excessTable(it)]),
  ];
  const lines = stripVTControlCharacters(text.join('\n')).split('\n');
  assert.deepEqual(
    lines.filter((line) => line.length > 100),
    [],
  );
});
