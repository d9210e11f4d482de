import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { grantedUnused } from '../granted-unused.ts';
import { fixture } from './testing/privileges/fixture.ts';
import { type Calls, crossings, refusedCalls, unusedGrants } from './testing/privileges/privileges.ts';
import type { Templates } from './testing/privileges/resources.ts';

const calls = JSON.parse(await readFile(new URL('../aws-calls.json', import.meta.url), 'utf8')) as Calls;

/** What is deployed, by what stands before its names. */
function deployments(): Readonly<Record<string, Templates>> {
  return Object.fromEntries(['', 'staging-'].map((prefix) => [prefix, fixture(prefix)]));
}

for (const [prefix, templates] of Object.entries(deployments())) {
  const deployment = { templates, calls, prefix };
  const named = `of a deployment ${prefix ? `whose names begin with ${prefix}` : "by the contract's names"}`;

  test(`the services and relays ${named} may do all that they do`, async () => {
    assert.deepEqual(await refusedCalls(deployment), []);
  });

  test(`the services and relays ${named} may do nothing that they do not do, reasons excepted`, async () => {
    assert.deepEqual(await unusedGrants(deployment, grantedUnused), []);
  });

  test(`nobody ${named} gets at what is the other context's`, async () => {
    assert.deepEqual(await crossings(deployment), []);
  });
}
