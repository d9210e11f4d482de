import assert from 'node:assert/strict';
import { test } from 'node:test';
import differences from './differences.json' with { type: 'json' };
import { adapt } from './template.ts';

const metric = { Namespace: 'AWS/SQS', MetricName: 'Age' };

test('what refers to a removed resource is removed if it is listed, and an error if not', () => {
  const nat = { Type: 'AWS::EC2::NatGateway', Properties: {} };
  const route = { Type: 'AWS::EC2::Route', Properties: { NatGatewayId: { Ref: 'Nat' } } };
  const subnet = { Type: 'AWS::EC2::Subnet', DependsOn: ['Nat', 'Other'] };
  const { template, removed } = adapt({ Resources: { nat: route, Nat: nat, Subnet: subnet } }, differences);
  assert.deepEqual(Object.keys(removed).sort(), ['Nat', 'nat']);
  assert.deepEqual(template.Resources, { Subnet: { Type: 'AWS::EC2::Subnet', DependsOn: ['Other'] } });

  const topic = {
    Type: 'AWS::SNS::Topic',
    Properties: { Body: { 'Fn::GetAtt': ['Nat', 'Id'] } },
  };
  assert.throws(
    () => adapt({ Resources: { Nat: nat, topic } }, differences),
    /dependents of differences.json/,
  );
  const address = { Type: 'AWS::EC2::EIP' };
  const Outputs = { Address: { Value: { Ref: 'Ip' } } };
  assert.throws(() => adapt({ Resources: { Ip: address }, Outputs }, differences), /output Address/);
});

test('an output of a removed resource has the value that is listed for its type', () => {
  const nat = { Type: 'AWS::EC2::NatGateway' };
  const Outputs = { Gateway: { Description: 'any', Value: { Ref: 'Nat' } }, Other: { Value: 'kept' } };
  const { template } = adapt({ Resources: { Nat: nat }, Outputs }, differences);
  const Value = differences.standIns['AWS::EC2::NatGateway'];
  assert.deepEqual(template.Outputs, { Gateway: { Description: 'any', Value }, Other: { Value: 'kept' } });
});

test('an alarm on metric math keeps its name, and watches its first metric', () => {
  const stat = (Stat: string) => ({ Id: 'm', MetricStat: { Metric: metric, Period: 60, Stat } });
  const alarm = (Stat: string) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmName: 'late', Metrics: [{ Id: 'e', Expression: 'm' }, stat(Stat)] },
  });
  const { template, reduced } = adapt({ Resources: { A: alarm('p99'), B: alarm('Sum') } }, differences);
  assert.deepEqual(Object.keys(reduced), ['A', 'B']);
  const common = { AlarmName: 'late', ...metric, Period: 60 };
  assert.deepEqual(template.Resources['A']?.Properties, { ...common, ExtendedStatistic: 'p99' });
  assert.deepEqual(template.Resources['B']?.Properties, { ...common, Statistic: 'Sum' });
});

test("the emulator's own actions are added to those of AWS, and to nothing else", () => {
  const grant = (Action: string | readonly string[]) => ({
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: { Statement: [{ Action, Resource: 'arn' }] } },
  });
  const { template } = adapt(
    { Resources: { A: grant('sns:Publish'), B: grant(['sqs:Other']) } },
    differences,
  );
  assert.deepEqual(template.Resources['A'], grant(['sns:Publish', 'sns:PublishBatch']));
  assert.deepEqual(template.Resources['B'], grant(['sqs:Other']));
});
