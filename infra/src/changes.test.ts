import assert from 'node:assert/strict';
import { test } from 'node:test';
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

/** The stacks that hold up a change made in the usual order: they import what a stack before them stops to export. */
function importersOfWhatGoes(from: Templates, to: Templates): StackName[] {
  const staying = new Set(stacks.flatMap((stack) => exportsOf(to[stack])));
  return stacks.filter((stack) => importsOf(from[stack]).some((name) => !staying.has(name)));
}

test('settings can be given and taken back in one go', () => {
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
    assert.deepEqual(importersOfWhatGoes(synthesize(), changed), [], `${JSON.stringify(change)} is given`);
    assert.deepEqual(
      importersOfWhatGoes(changed, synthesize()),
      [],
      `${JSON.stringify(change)} is taken back`,
    );
  }
});

test('two can be given in one go, and taken back once the stacks that import have gone first, as docs/deployment.md says', () => {
  for (const [change, first] of [
    [{ deployment: 'canary' }, ['observability']],
    [{ customerKey: true }, ['product', 'cart', 'observability']],
  ] as const) {
    const [from, to] = [synthesize(change), synthesize()];
    assert.deepEqual(importersOfWhatGoes(to, from), []);
    assert.deepEqual(importersOfWhatGoes(from, to), first);
    const there = new Set(stacks.flatMap((stack) => exportsOf(from[stack])));
    for (const stack of first)
      assert.deepEqual(
        importsOf(to[stack]).filter((name) => !there.has(name)),
        [],
        `${stack} can go first`,
      );
  }
});
