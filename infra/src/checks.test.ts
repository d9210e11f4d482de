import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { SettingsInput } from './settings.ts';
import { stateful, synthesizeAll, warnings } from './testing/synth.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8')) as unknown;

const jwksUrl = 'data:application/json,{"keys":[]}';
const variants: Readonly<Record<string, Partial<SettingsInput>>> = {
  'as they are': {},
  'interface endpoints, HTTPS by a zone, e-mail': {
    egress: 'endpoints',
    auth: { issuer: 'i', audience: 'a', jwksUrl },
    domain: { name: 'shop.example.com', zone: { id: 'Z1', name: 'example.com' } },
    alerts: {
      page: ['on-call@example.com', 'https://alerts.example.com/page'],
      ticket: ['operators@example.com'],
    },
  },
  'IPv6, a key of our own, canary, Spot, firewall': {
    egress: 'ipv6',
    customerKey: true,
    deployment: 'canary',
    spot: true,
    waf: { requestsPerFiveMinutes: 2_000 },
    domain: { name: 'shop.example.com', zone: { id: 'Z1', name: 'example.com' } },
  },
  'backups with a copy in another account': stateful,
  'the same, with an account of the stage': { ...stateful, account: '333344445555' },
  'provisioned, insights, traces, larger tasks, a prefix': {
    namePrefix: 'staging-',
    capacity: { mode: 'provisioned', minUnits: 5, maxUnits: 50 },
    containerInsights: true,
    traces: { endpoint: 'https://collector.example.com', headersSecretName: 'trace-headers' },
    task: { cpu: 512, memoryMiB: 1024 },
    tasks: { min: 3, max: 20 },
    relayBatchWindowSeconds: 1,
  },
  'traces to X-Ray': { traces: { xray: true } },
};

for (const [name, changes] of Object.entries(variants)) {
  test(`AwsSolutions and CloudFormation's rules have no findings: ${name}`, () => {
    synthesizeAll(changes, { checked: true });
  });
}

for (const deployment of ['rolling', 'blueGreen', 'linear', 'canary'] as const)
  for (const spot of [false, true])
    test(`AwsSolutions and CloudFormation's rules have no findings, nor warnings: ${deployment}${spot ? ' on Spot' : ''}`, () => {
      const deploymentTest = {
        tokenUrl: 'https://issuer.example.com/token',
        clientId: 'smoke',
        clientSecretName: 'tandem/smoke',
      };
      const changes = { deployment, spot, deploymentTest, services: ['product' as const] };
      assert.deepEqual(warnings(changes, { checked: true }), []);
      // With an account, ARNs in findings have its number.
      assert.deepEqual(warnings({ ...changes, account: '333344445555' }, { checked: true }), []);
    });

test('the stacks are synthesized without a warning', () => {
  assert.deepEqual(warnings({}, { checked: true }), []);
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
