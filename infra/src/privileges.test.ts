import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { mapServices } from '@tandem/contracts/topology';
import { grantedForKey, grantedUnused } from '../granted-unused.ts';
import {
  type Calls,
  consumerCalls,
  crossings,
  refusedCalls,
  unusedGrants,
} from './testing/privileges/privileges.ts';
import type { SettingsInput } from './settings.ts';
import type { Templates } from './testing/privileges/resources.ts';
import { synthesize } from './testing/synth.ts';

const recorded = JSON.parse(await readFile(new URL('../aws-calls.json', import.meta.url), 'utf8')) as Calls;
/** Until the calls of a service are recorded, they are those of a consumer alone. */
const calls: Calls = { ...mapServices(consumerCalls), ...recorded };

const variants: Readonly<Record<string, Partial<SettingsInput>>> = {
  "by the contract's names": {},
  'whose names begin with staging-': { namePrefix: 'staging-' },
  'with a key of our own': { customerKey: true },
};

for (const [variant, settings] of Object.entries(variants)) {
  const templates: Templates = synthesize(settings);
  const deployment = { templates, calls, prefix: settings.namePrefix ?? '' };
  const excused = settings.customerKey ? [...grantedUnused, ...grantedForKey] : grantedUnused;
  const named = `of a deployment ${variant}`;

  test(`services and relays ${named} have the permissions for all recorded calls`, async () => {
    assert.deepEqual(await refusedCalls(deployment), []);
  });

  test(`services and relays ${named} have no unused permissions, except those with a reason`, async () => {
    assert.deepEqual(await unusedGrants(deployment, excused), []);
  });

  test(`no principal ${named} can access resources of another context`, async () => {
    assert.deepEqual(await crossings(deployment), []);
  });
}
