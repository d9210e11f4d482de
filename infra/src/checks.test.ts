import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Annotations, App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { SettingsInput } from './settings.ts';
import { synthesize, warnings } from './testing/synth.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8')) as unknown;

const jwksUrl = 'data:application/json,{"keys":[]}';
const variants: Readonly<Record<string, Partial<SettingsInput>>> = {
  'as they are': {},
  'interface endpoints, HTTPS by a zone, e-mail': {
    egress: 'endpoints',
    auth: { issuer: 'i', audience: 'a', jwksUrl },
    domain: { name: 'shop.example.com', zone: { id: 'Z1', name: 'example.com' } },
    alarmEmail: 'operators@example.com',
  },
  'IPv6, a key of our own, canary, Spot, firewall': {
    egress: 'ipv6',
    customerKey: true,
    deployment: 'canary',
    spot: true,
    waf: { requestsPerFiveMinutes: 2_000 },
    domain: { name: 'shop.example.com', zone: { id: 'Z1', name: 'example.com' } },
  },
  'provisioned, insights, traces, larger tasks, a prefix': {
    namePrefix: 'staging-',
    capacity: { mode: 'provisioned', minUnits: 5, maxUnits: 50 },
    containerInsights: true,
    traces: { endpoint: 'https://collector.example.com', headersSecretName: 'trace-headers' },
    task: { cpu: 512, memoryMiB: 1024 },
    tasks: { min: 3, max: 20 },
    relayBatchWindowSeconds: 1,
  },
};

for (const [name, changes] of Object.entries(variants)) {
  test(`AwsSolutions and CloudFormation's rules have no findings: ${name}`, () => {
    synthesize(changes, { checked: true });
  });
}

test('production without HTTPS is a warning that can be acknowledged and does not fail the synthesis', () => {
  const plain = /Set domain\. \[ack: tandem:domain\]/;
  assert.match(warnings({}, { checked: true }).join(), plain);
  const domain = { name: 'shop.example.com', zone: { id: 'Z1', name: 'example.com' } };
  assert.deepEqual(warnings({ domain }), []);
  assert.deepEqual(warnings({}, { stage: 'staging' }), []);
  const complete = (app: App) =>
    Annotations.of(app).acknowledgeWarning('tandem:domain', 'TLS ends before us');
  assert.deepEqual(warnings({}, { complete }), []);
});

/** An app with our context and a stack with a finding. */
function faulty(addFault: (stack: Stack) => void): App {
  const { context } = read('cdk.json') as { context: Record<string, unknown> };
  const app = new App({ context });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  addFault(new Stack(app, 'Faulty', { env: { region: 'us-east-1' } }));
  return app;
}

test('a finding of AwsSolutions is an error', () => {
  process.env['CDK_VALIDATION'] = 'true';
  assert.throws(() => faulty((stack) => new Bucket(stack, 'Open')).synth(), /Validation failed/);
});

test('a finding of CloudFormation is an error', () => {
  process.env['CDK_VALIDATION'] = 'true';
  const withWrongProperty = faulty(
    (stack) =>
      new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeOut: 30 } }),
  );
  assert.throws(() => withWrongProperty.synth(), /Validation failed/);
});

test('the CDK CLI is pinned to version 2, as 3.0.0 was published by accident', () => {
  const { devDependencies } = read('infra/package.json') as { devDependencies: Record<string, string> };
  assert.match(devDependencies['aws-cdk'] ?? '', /^2\.\d+\.\d+$/);
  const { version } = read('infra/node_modules/aws-cdk/package.json') as { version: string };
  assert.equal(version, devDependencies['aws-cdk']);
});
