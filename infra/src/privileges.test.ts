import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { grantedUnused } from '../granted-unused.ts';
import { type Calls, crossings, refusedCalls, unusedGrants } from './testing/privileges/privileges.ts';
import type { Templates } from './testing/privileges/resources.ts';
import { synthesize } from './testing/synth.ts';

const calls = JSON.parse(await readFile(new URL('../aws-calls.json', import.meta.url), 'utf8')) as Calls;

for (const prefix of ['', 'staging-']) {
  const templates: Templates = synthesize({ namePrefix: prefix });
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
