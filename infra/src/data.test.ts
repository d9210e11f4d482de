import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames } from '@tandem/contracts/topology';
import { SynthesisMessageLevel } from 'aws-cdk-lib/cx-api';
import { asFunctions, asTasks, resources, stackArtifacts, synthesizeAll } from './testing/synth.ts';

const templatesOf = synthesizeAll();
const variants = [{}, asTasks, asFunctions].map((options) => synthesizeAll({}, options));

test('the stack of a service keeps nothing when it is destroyed, so that it can be deployed again', () => {
  for (const templates of variants)
    for (const service of serviceNames)
      for (const [id, resource] of Object.entries(templates[service].Resources)) {
        const { DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' } = resource;
        assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['Delete', 'Delete'], `${service}: ${id}`);
      }
});

test('all that is retained is in the stacks of data, of the topics and audit trail, and of the network', () => {
  for (const templates of variants) {
    const retaining = Object.entries(templates).filter(([, { Resources }]) =>
      Object.values(Resources).some(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete'),
    );
    const expected = ['network', 'events', ...serviceNames.map((service) => `${service}-data`)];
    assert.deepEqual(retaining.map(([name]) => name).toSorted(), expected.toSorted());
  }
});

test('of a first deployment of data that fails, no table is left: it is created last', () => {
  for (const templates of variants)
    for (const service of serviceNames) {
      const { Resources } = templates[`${service}-data`];
      const tables = Object.values(Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable');
      assert.equal(tables.length, 1, service);
      const others = Object.keys(Resources).filter(
        (id) => Resources[id]?.Type !== 'AWS::DynamoDB::GlobalTable',
      );
      const before = new Set(tables.flatMap(({ DependsOn = [] }) => DependsOn));
      // Dead-letter queues exist before the queues that refer to them; their policies grant SNS, and hold nothing.
      const held = others.filter((id) =>
        /^AWS::(?:S3::Bucket|SNS::Subscription)$/.test(Resources[id]?.Type ?? ''),
      );
      assert.deepEqual(
        held.filter((id) => !before.has(id)),
        [],
      );
      for (const { Properties } of resources({ [service]: templates[`${service}-data`] }, 'AWS::SQS::Queue'))
        assert.ok(Properties['QueueName']);
    }
});

test('data and topics cannot be deleted with their stacks by mistake: termination protection', () => {
  const protectedIn = (stage: 'staging' | 'production') =>
    stackArtifacts({}, { stage })
      .filter(([, { terminationProtection }]) => terminationProtection === true)
      .map(([name]) => name);
  assert.deepEqual(protectedIn('staging'), ['events', 'product-data', 'cart-data', 'analytics-data']);
  assert.deepEqual(protectedIn('production'), Object.keys(synthesizeAll()));
});

test('with an account the stacks are deployed there and nowhere else, and nothing is looked up to synthesize them', () => {
  const ofAccount = stackArtifacts({ account: '482910573826' }, { checked: true });
  for (const [name, { environment, messages, assembly }] of ofAccount) {
    assert.equal(assembly.manifest.missing, undefined, 'what the CDK would ask the account');
    assert.deepEqual([environment.account, environment.region], ['482910573826', 'us-east-1'], name);
    assert.deepEqual(
      messages.filter(({ level }) => level === SynthesisMessageLevel.ERROR),
      [],
    );
  }
  assert.deepEqual(stackArtifacts()[0]?.[1].environment.account, 'unknown-account');
});

test('what a service costs can be told by a tag of all that is its own (aws F13)', () => {
  for (const service of serviceNames)
    for (const stack of [templatesOf[service], templatesOf[`${service}-data`]])
      for (const [id, { Type, Properties }] of Object.entries(stack.Resources)) {
        if (
          !/^AWS::(?:ECS::Service|DynamoDB::GlobalTable|SQS::Queue|Lambda::Function|S3::Bucket|Logs::LogGroup)$/.test(
            Type,
          )
        )
          continue;
        const { Tags = Properties['Replicas']?.[0]?.Tags } = Properties;
        const tags = Object.fromEntries(
          (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
        );
        assert.deepEqual([tags['tandem:stage'], tags['tandem:service']], ['production', service], id);
      }
});

test('all queues are subscribed before a service publishes, and Product is deployed before Cart', () => {
  const dependencies = new Map(
    stackArtifacts().map(([name, { dependencies }]) => [name, dependencies.map(({ id }) => id)]),
  );
  for (const service of serviceNames)
    for (const other of serviceNames)
      assert.ok(
        dependencies.get(service)?.includes(`tandem-production-${other}-data`),
        `${service}, ${other}`,
      );
  assert.ok(dependencies.get('cart')?.includes('tandem-production-product'));
});
