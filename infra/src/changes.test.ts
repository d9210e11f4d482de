import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SettingsInput } from './settings.ts';
import { type CloudFormation, type StackName, synthesizeAll, type Templates } from './testing/synth.ts';

type Settings = Partial<SettingsInput>;

const templates = synthesizeAll();
const stacks = Object.keys(templates) as StackName[];

function exportsOf({ Outputs = {} }: CloudFormation): string[] {
  return Object.values(Outputs).flatMap(({ Export }) => Export?.Name ?? []);
}

function importsOf(template: CloudFormation): string[] {
  return [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name = '']) => name);
}

/** Stacks that block a change in the usual order, because they import an export that an earlier stack removes. */
function importersOfRemovedExports(from: Templates, to: Templates): StackName[] {
  const staying = new Set(stacks.flatMap((stack) => exportsOf(to[stack])));
  return stacks.filter((stack) => importsOf(from[stack]).some((name) => !staying.has(name)));
}

/** Settings that remove resources of a stack which another one refers to, when they are set or reverted. */
const changes: Readonly<Record<string, Settings>> = {
  spot: { spot: true },
  domain: { domain: { name: 'shop.example.com', zone: { id: 'Z1', name: 'example.com' } } },
  waf: { waf: { requestsPerFiveMinutes: 1_000 } },
  capacity: { capacity: { mode: 'provisioned', minUnits: 5, maxUnits: 50 } },
  task: { task: { cpu: 512, memoryMiB: 1024 } },
  containerInsights: { containerInsights: true },
  blueGreen: { deployment: 'blueGreen' },
  linear: { deployment: 'linear' },
  canary: { deployment: 'canary' },
  customerKey: { customerKey: true },
};

test('only what carries the traffic is exported: the network, the listener, the load balancer and its security group', () => {
  for (const variant of [templates, ...Object.values(changes).map((change) => synthesizeAll(change))]) {
    const exporting = stacks.filter((stack) => exportsOf(variant[stack]).length > 0);
    assert.deepEqual(exporting, ['network', 'edge']);
    // The VPC, its four subnets and the bucket of logs.
    assert.equal(exportsOf(variant.network).length, 6);
    assert.equal(exportsOf(variant.edge).length, 3);
  }
});

test('nothing that observes a stack or its data keeps it from being changed or destroyed', () => {
  for (const [stack, template] of Object.entries(templates))
    if (stack === 'observability' || stack.endsWith('-data'))
      assert.deepEqual(importsOf(template), [], stack);
});

for (const [name, change] of Object.entries(changes))
  test(`${name} can be set and reverted in one deployment of all stacks`, () => {
    const changed = synthesizeAll(change);
    assert.deepEqual(importersOfRemovedExports(templates, changed), [], 'set');
    assert.deepEqual(importersOfRemovedExports(changed, templates), [], 'reverted');
  });

test('a change to IPv6 is refused while services are in the subnets that it would delete, as docs/deployment.md says', () => {
  assert.deepEqual(importersOfRemovedExports(templates, synthesizeAll({ egress: 'ipv6' })), [
    'product',
    'cart',
  ]);
});
