import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mix } from '@tandem/load/mix';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import { type CloudFormation, synthesizeAll, type Templates } from '../../../infra/src/testing/synth.ts';
import { assumptions } from './assumptions.ts';
import { bills } from './bill.ts';
import type { Facts } from './facts.ts';
import { readMeasured, readPrices } from './files.ts';
import type { PriceList } from './price-list.ts';
import { BILLED } from './resource-types.ts';
import { settingsFor } from './settings.ts';
import { factsOf } from './templates.ts';
import { scenarios } from './traffic.ts';

const [measured, prices] = [readMeasured(), readPrices()];

/** Settings that between them create every kind of resource. */
const deployments: readonly Partial<SettingsInput>[] = [
  {
    waf: { requestsPerFiveMinutes: 2_000 },
    customerKey: true,
    containerInsights: true,
    contributorInsights: true,
  },
  {
    deployment: 'canary',
    spot: true,
    capacity: 'steady',
    backup: { vaultArn: 'arn:aws:backup:eu-central-1:222233334444:backup-vault:tandem' },
  },
  { traces: { endpoint: 'https://traces.tandem.test/', headersSecretName: 'traces' } },
  { traces: { xray: true } },
  { cloudFront: { prefixListId: 'pl-3b927c52' } },
  settingsFor({ egress: 'endpoints' }),
  settingsFor({ egress: 'ipv6' }),
];
const templatesOf = deployments.map((changes) => synthesizeAll({ ...settingsFor({}), ...changes }));

const peak = scenarios.filter(({ name }) => name === 'sustained-peak');

/** Bills of facts with each name of a price list counted when it is read. */
function namesUsed(facts: Facts): Set<string> {
  const names = new Set<string>();
  const spied = <T extends object>(entries: T): T =>
    new Proxy(entries, {
      get: (target, name, receiver) => {
        names.add(String(name));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
  const list: PriceList = { ...prices, prices: spied(prices.prices), free: spied(prices.free) };
  bills({ facts, measured, prices: list });
  return names;
}

test('each price and free tier of the list is used by a line', () => {
  const facts = templatesOf.map(factsOf);
  const [first] = facts;
  assert.ok(first);
  const services = Object.entries(first.services).map(([name, service]) => [
    name,
    { ...service, isArm: false },
  ]);
  const relays = Object.entries(first.relays).map(([name, relay]) => [name, { ...relay, isArm: false }]);
  const onX86 = {
    ...first,
    services: Object.fromEntries(services) as Facts['services'],
    relays: Object.fromEntries(relays) as Facts['relays'],
  };
  const used = new Set([...facts, onX86].flatMap((each) => [...namesUsed(each)]));
  const unused = [...Object.keys(prices.prices), ...Object.keys(prices.free)].filter(
    (name) => !used.has(name),
  );
  assert.deepEqual(unused, [], 'add a line that uses them, or remove them from tools/bill/prices');
});

test('each resource type that is billed changes an amount: without its resources the bill differs, or cannot be computed', () => {
  const types = new Set(
    templatesOf.flatMap((templates) =>
      Object.values(templates).flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
    ),
  );
  const amounts = (templates: Templates) => {
    try {
      return JSON.stringify(
        bills({ facts: factsOf(templates), measured, prices }, peak)[0]?.lines.map(({ monthly }) => monthly),
      );
    } catch (error) {
      return String(error);
    }
  };
  const originals = templatesOf.map(amounts);
  const unseen = [...types].filter(
    (type) =>
      BILLED.has(type) &&
      templatesOf.every((templates, i) => amounts(without(templates, type)) === originals[i]),
  );
  assert.deepEqual(unseen, [], 'add a line, or move the type to FREE in resource-types.ts');
});

function without(templates: Templates, type: string): Templates {
  const rest = ({ Resources, ...template }: CloudFormation): CloudFormation => ({
    ...template,
    Resources: Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => Type !== type)),
  });
  return Object.fromEntries(
    Object.entries(templates).map(([stack, template]) => [stack, rest(template)]),
  ) as Templates;
}

test('the bill of a canary deployment has the tasks, and nothing less than that of a rolling one', () => {
  const billed = (deployment: 'rolling' | 'canary') => {
    const facts = factsOf(synthesizeAll({ ...settingsFor({}), deployment }));
    assert.ok(Object.values(facts.services).every((service) => service.requestsPerTaskAndMinute));
    return bills({ facts, measured, prices });
  };
  const [rolling, canary] = [billed('rolling'), billed('canary')];
  for (const [i, { name, total, lines }] of canary.entries()) {
    const usual = rolling[i];
    assert.ok(usual && total >= usual.total, `${name}: ${total}`);
    const tasksOf = (all: typeof lines) =>
      all.filter(({ group }) => group === 'tasks').map(({ monthly }) => monthly);
    assert.deepEqual(tasksOf(lines), tasksOf(usual.lines), name);
  }
});

test('access logs are stored for the days of their own lifecycle rule', () => {
  for (const templates of templatesOf) assert.equal(factsOf(templates).balancers.accessLogDays, 7);
});

test('the other routes are those of the OpenAPI documents that the mix does not use, and unknown paths', () => {
  const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);
  // The two reads of a product are one route.
  const ofMix = { product: Object.keys(mix.product).length - 1, cart: Object.keys(mix.cart).length };
  for (const service of ['product', 'cart'] as const) {
    const file = new URL(`../../../docs/generated/openapi-${service}.json`, import.meta.url);
    const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, object> };
    const routes = Object.entries(paths)
      .filter(([path]) => path !== '/health' && path !== '/ready')
      .flatMap(([, operations]) => Object.keys(operations).filter((method) => methods.has(method)));
    assert.equal(assumptions.otherRoutes[service], routes.length - ofMix[service] + 1, service);
  }
});

test('stages share the free tier: without it a bill is larger, by what is left of it', () => {
  const [first] = templatesOf;
  assert.ok(first);
  const inputs = { facts: factsOf(first), measured, prices };
  const totalOf = (freeTierShare: number) => bills({ ...inputs, freeTierShare })[0]?.total ?? 0;
  assert.ok(totalOf(0) > totalOf(0.5) && totalOf(0.5) > totalOf(1));
  assert.equal(totalOf(1), bills(inputs)[0]?.total);
});
