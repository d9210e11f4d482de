import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import { resources, synthesizeAll, type Templates } from '../../../infra/src/testing/synth.ts';
import { type QueueName, topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { type Bill, bills } from './bill.ts';
import { readMeasured, readPrices } from './files.ts';
import { HOLDS } from './parts.ts';
import { excessTable, itemTable, scenarioTable } from './print.ts';
import { settingsFor } from './settings.ts';
import { factsOf } from './templates.ts';
import { evaluate } from './testing.ts';
import { scenarios } from './traffic.ts';
import { sumOf, usageOf } from './usage.ts';

const [measured, prices] = [readMeasured(), readPrices()];
const templates = synthesizeAll();
const billsOf = (templates: Templates) => bills({ facts: factsOf(templates), measured, prices });
const usual = billsOf(templates);
const changed = (changes: Partial<SettingsInput>) => billsOf(synthesizeAll(changes));

function find(all: readonly Bill[], name: string): Bill {
  const bill = all.find((candidate) => candidate.name === name);
  assert.ok(bill, name);
  return bill;
}
const amount = (bill: Bill, item: string) => bill.lines.find((line) => line.item === item)?.monthly;

/** Asserts equality to a cent, or to the rounding error of figures with six digits. */
function assertSameAmount(read: number, computed: number, text: string): void {
  assert.ok(
    Math.abs(read - computed) <= Math.max(0.005, 2e-5 * computed),
    `${text}\nevaluates to ${read}, not ${computed}`,
  );
}

for (const options of [{}, { egress: 'endpoints' }, { egress: 'ipv6', capacity: 'steady' }]) {
  test(`each formula evaluates to its amount: ${JSON.stringify(options)}`, () => {
    for (const { lines, total } of changed(settingsFor(options))) {
      for (const { monthly, formula, inputs } of lines) {
        assertSameAmount(evaluate(formula), monthly, formula);
        for (const { formula, value } of inputs) assertSameAmount(evaluate(formula), value, formula);
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
    fixed('endpoints').filter((item) => /NAT|endpoints/.test(item)),
    ['Interface endpoints'],
  );
  assert.deepEqual(
    fixed('ipv6').filter((item) => /NAT|endpoints/.test(item)),
    [],
  );
});

test('a firewall, a KMS key and Container Insights add their costs', () => {
  const settings = { waf: { requestsPerFiveMinutes: 2_000 }, customerKey: true, containerInsights: true };
  const changedTemplates = synthesizeAll(settings);
  const before = find(usual, 'sustained-peak');
  const after = find(billsOf(changedTemplates), 'sustained-peak');
  assert.equal(amount(after, 'Web application firewall')?.toFixed(2), (6 + 262.8 * 0.6).toFixed(2));
  assert.ok(
    (amount(after, 'KMS, keys of topics and queues') ?? 0) >
      (amount(before, 'KMS, keys of topics and queues') ?? 0) + 1,
  );
  const clusters = resources(changedTemplates, 'AWS::ECS::Cluster').length;
  assert.equal(amount(after, 'Container Insights')?.toFixed(2), (clusters * 180 * 0.07).toFixed(2));
});

test('backups cost their size for each day that they are kept, in both accounts, and their way to another region', () => {
  const backup = { vaultArn: 'arn:aws:backup:us-east-1:222233334444:backup-vault:tandem' };
  const linesOf = (changes: Partial<NonNullable<SettingsInput['backup']>>) => {
    const bill = find(changed({ backup: { ...backup, ...changes } }), 'sustained-peak');
    const gb = (amount(bill, 'Point-in-time recovery') ?? 0) / 0.2;
    const perGb = ['Backups', 'Backups, copies in another account', 'Backups, copies to another region'].map(
      (item) => (amount(bill, item) ?? 0) / gb,
    );
    return perGb.map((dollars) => dollars.toFixed(3));
  };
  const usualItems = find(usual, 'sustained-peak').lines.map(({ item }) => item);
  assert.deepEqual(
    usualItems.filter((item) => item.startsWith('Backups')),
    [],
  );
  assert.deepEqual(linesOf({}), ['0.700', '3.500', '0.000']);
  assert.deepEqual(linesOf({ retentionDays: 1, copyRetentionDays: 100 }), ['0.100', '10.000', '0.000']);
  assert.deepEqual(linesOf({ schedule: 'weekly' }), ['0.100', '0.500', '0.000']);
  assert.deepEqual(linesOf({ schedule: 'hourly' }), ['16.800', '84.000', '0.000']);
  const elsewhere = { vaultArn: backup.vaultArn.replace('us-east-1', 'eu-central-1') };
  assert.deepEqual(linesOf(elsewhere), ['0.700', '3.500', (30.4 * 0.02).toFixed(3)]);
});

test('a batching window of the relays reduces invocations and publishes', () => {
  const [before, after] = [
    find(changed({ relayBatchWindowSeconds: 0 }), 'sustained-peak'),
    find(changed({ relayBatchWindowSeconds: 1 }), 'sustained-peak'),
  ];
  for (const item of ['Lambda, invocations', 'SNS, publishes'])
    assert.ok((amount(after, item) ?? 0) < (amount(before, item) ?? 0), item);
});

test('a service without API and measurement has lines of its tasks, logs, metrics and images', () => {
  const facts = factsOf(templates);
  const [existing] = Object.values(facts.services);
  assert.ok(existing);
  const { requestsPerTaskAndMinute: _requests, readinessIntervalSeconds: _readiness, ...added } = existing;
  const services = { ...facts.services, added };
  const [before, after] = [
    find(usual, 'worst'),
    find(bills({ facts: { ...facts, services }, measured, prices }), 'worst'),
  ];
  const assertMore = (item: string) =>
    assert.ok((amount(after, item) ?? 0) > (amount(before, item) ?? 0), item);
  for (const item of ['Fargate, added', 'Logs', 'Custom metrics', 'Images']) assertMore(item);
  assert.equal(amount(after, 'Readiness checks'), amount(before, 'Readiness checks'));
});

test('a queue receives the event types of its subscriptions, at the rates of the mix', () => {
  const inputs = find(usual, 'sustained-peak').lines.flatMap((line) => line.inputs);
  const scenario = scenarios.find(({ name }) => name === 'sustained-peak');
  assert.ok(scenario);
  const usage = usageOf(scenario, measured, factsOf(templates));
  for (const queue of Object.keys(topology.queues)) {
    const expected = topology.subscriptions
      .filter((subscription) => subscription.queue === queue)
      .flatMap(({ topic, eventTypes }) => eventTypes.map((type) => `${topic} ${type}`))
      .map((name) => usage.total(({ messages }) => messages[name] ?? 0).value);
    const messages = inputs.find(({ name }) => name === `messages into ${queue}`);
    // Carts that expire are counted by services that run as functions alone.
    const isTask = topology.services[topology.queues[queue as QueueName].consumer].runsAs === 'task';
    const others = isTask
      ? 0
      : assumptions.expiringCarts * usage.total(({ created }) => created['cart'] ?? 0).value;
    assert.ok(messages && Math.abs(messages.value - sumOf(expected, (count) => count) - others) < 1, queue);
  }
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
  const holds = bill.parts.find(({ name }) => name === HOLDS)?.monthly ?? 0;
  assert.ok(holds > 0 && holds < 0.1 * bill.total, `${holds} of ${bill.total}`);
  assert.ok((amount(bill, 'Sweeps for overdue holds') ?? 0) > 0);
  assert.match(itemTable(bill), /thereof for expiring holds/);
  assert.match(itemTable(bill), /thereof for analytics .*at most \$/);
});

test('exceeded limits are reported: none at the peak, all kinds at a thousand times the peak', () => {
  assert.deepEqual(find(usual, 'sustained-peak').excesses, []);
  const kinds = new Set(find(usual, '1000x').excesses.map(({ kind }) => kind));
  assert.deepEqual([...kinds].sort(), ['limit', 'quota', 'setting']);
});

test('a report fits into 100 columns', () => {
  const text = [
    scenarioTable(usual),
    ...usual.flatMap((bill) => [itemTable(bill, { withInputs: true }), excessTable(bill)]),
  ];
  const lines = stripVTControlCharacters(text.join('\n')).split('\n');
  assert.deepEqual(
    lines.filter((line) => line.length > 100),
    [],
  );
});
