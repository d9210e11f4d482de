import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { mapServices, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { grantedForKey, grantedUnused, unusedGrantsOfFunctions } from '../granted-unused.ts';
import {
  type Calls,
  consumerCalls,
  crossings,
  refusedCalls,
  unusedGrants,
  withoutPolling,
} from './testing/privileges/privileges.ts';
import type { SettingsInput } from './settings.ts';
import { evaluate } from './testing/privileges/evaluate.ts';
import { createResolve } from './testing/privileges/intrinsics.ts';
import { ownedBy } from './testing/privileges/owned.ts';
import type { Statement } from './testing/privileges/policies.ts';
import { arn, type Templates } from './testing/privileges/resources.ts';
import { type Resource, resources, stateful, synthesizeAll } from './testing/synth.ts';

const recorded = JSON.parse(await readFile(new URL('../aws-calls.json', import.meta.url), 'utf8')) as Calls;
/** Until the calls of a service are recorded, they are those of a consumer alone. */
const calls: Calls = { ...mapServices(consumerCalls), ...recorded };
const inTopology = serviceNames.filter((service) => topology.services[service].runsAs === 'function');

interface Variant {
  readonly settings?: Partial<SettingsInput>;
  /** Services that run as functions in addition to those of the topology. */
  readonly functions?: readonly ServiceName[];
}

const variants: Readonly<Record<string, Variant>> = {
  "by the contract's names": {},
  'whose names begin with staging-': { settings: { namePrefix: 'staging-' } },
  'with a key of our own': { settings: { customerKey: true } },
  'that is tested before it gets requests': { settings: { deployment: 'canary' } },
  'with backups in another account': { settings: stateful },
  'with all services as functions': {
    functions: serviceNames.filter((service) => !inTopology.includes(service)),
  },
};

for (const [variant, { settings = {}, functions = [] }] of Object.entries(variants)) {
  const runsAs = Object.fromEntries(functions.map((service) => [service, 'function'] as const));
  const templates: Templates = synthesizeAll(settings, { runsAs });
  const deployment = {
    templates,
    calls: withoutPolling(calls, [...inTopology, ...functions]),
    prefix: settings.namePrefix ?? '',
  };
  const excused = [
    ...grantedUnused,
    ...functions.flatMap(unusedGrantsOfFunctions),
    ...(settings.customerKey ? grantedForKey : []),
  ];
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

test('the probe may write its log, which it needs, and nothing else', async () => {
  for (const customerKey of [false, true]) {
    const all = synthesizeAll({ customerKey });
    const resolve = createResolve(all);
    const resourcesOf = (type: string) =>
      resources({ observability: all.observability }, type).map(
        ({ Properties }) => resolve('observability', Properties) as Resource['Properties'],
      );
    const [policy, ...others] = resourcesOf('AWS::IAM::Policy');
    assert.deepEqual(others, [], 'its policy is the only one of the stack');
    const [role, ...roles] = resourcesOf('AWS::IAM::Role');
    assert.deepEqual([role?.['ManagedPolicyArns'], roles], [undefined, []]);
    const statements = policy?.['PolicyDocument'].Statement as Statement[];
    const identity = { arn: `arn:aws:iam::123456789012:role/probe`, statements };
    const answer = (action: string, resource: string) => evaluate(identity, action, resource, new Map());
    const log = arn('logs', 'log-group:/aws/lambda/probe:log-stream:any');
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents'])
      assert.equal(
        await answer(action, action.endsWith('Events') ? log : log.replace(/:log-stream.*/, ':*')),
        'Allowed',
      );
    for (const resource of serviceNames.flatMap((service) => ownedBy(service, '').resources)) {
      const [, , api] = resource.split(':');
      const actions = {
        dynamodb: ['GetItem', 'PutItem'],
        sqs: ['SendMessage', 'ReceiveMessage'],
        sns: ['Publish'],
      };
      for (const action of actions[api as keyof typeof actions])
        assert.equal(await answer(`${api}:${action}`, resource), 'ImplicitlyDenied', resource);
    }
    const granted = statements.flatMap(({ Action = [] }) => [Action].flat().map(String)).toSorted();
    const ofKey = customerKey ? ['kms:Decrypt'] : [];
    assert.deepEqual(granted, [...ofKey, 'logs:CreateLogStream', 'logs:PutLogEvents']);
  }
});
