import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames } from '@tandem/contracts/topology';
import type { SettingsInput } from './settings.ts';
import { type CloudFormation, type StackName, synthesize, type Templates } from './testing/synth.ts';

type Settings = Partial<SettingsInput>;

const stacks = Object.keys(synthesize()) as StackName[];

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

test('settings can be set and reverted in one deployment of all stacks', () => {
  const zone = { id: 'Z1', name: 'example.com' };
  const changes: Settings[] = [
    { spot: true },
    { domain: { name: 'shop.example.com', zone } },
    { waf: { requestsPerFiveMinutes: 1_000 } },
    { capacity: { mode: 'provisioned', minUnits: 5, maxUnits: 50 } },
    { task: { cpu: 512, memoryMiB: 1024 } },
    { containerInsights: true },
  ];
  for (const change of changes) {
    const changed = synthesize(change);
    assert.deepEqual(
      importersOfRemovedExports(synthesize(), changed),
      [],
      `${JSON.stringify(change)} is set`,
    );
    assert.deepEqual(
      importersOfRemovedExports(changed, synthesize()),
      [],
      `${JSON.stringify(change)} is reverted`,
    );
  }
});

test('two settings can be set in one deployment, and reverted after the importing stacks are deployed first, as in docs/deployment.md', () => {
  for (const [change, first] of [
    [{ deployment: 'canary' }, ['observability']],
    [{ customerKey: true }, [...serviceNames, 'observability']],
  ] as const) {
    const [from, to] = [synthesize(change), synthesize()];
    assert.deepEqual(importersOfRemovedExports(to, from), []);
    assert.deepEqual(importersOfRemovedExports(from, to), first);
    const there = new Set(stacks.flatMap((stack) => exportsOf(from[stack])));
    for (const stack of first)
      assert.deepEqual(
        importsOf(to[stack]).filter((name) => !there.has(name)),
        [],
        `${stack} can be deployed first`,
      );
  }
});
