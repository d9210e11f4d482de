import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import {
  asFunctions,
  type Resource,
  resources,
  stacksOf,
  synthesizeAll,
  type Templates,
} from './testing/synth.ts';

/** Stacks in which every service runs as functions: any service can be switched. */
const templates = synthesizeAll({}, asFunctions);

const propertiesOf = (of: Templates, service: ServiceName, type: string): Resource['Properties'][] =>
  resources(stacksOf(of, service), type).map(({ Properties }) => Properties);

/** Properties of the functions of a service by name, without its relay. */
function functionsOf(of: Templates, service: ServiceName): Map<string, Resource['Properties']> {
  const all = propertiesOf(of, service, 'AWS::Lambda::Function');
  const named = all.map((properties) => [String(properties['FunctionName']), properties] as const);
  return new Map(named.filter(([name]) => name !== `${service}-relay`));
}

const hasQueues = (service: ServiceName) => topology.services[service].queues.length > 0;
const hasPaths = (service: ServiceName) => topology.services[service].paths.length > 0;
const consumers = serviceNames.filter(hasQueues);
const routed = serviceNames.filter(hasPaths);

const sources = (of: Templates, service: ServiceName) =>
  propertiesOf(of, service, 'AWS::Lambda::EventSourceMapping').filter(
    ({ StartingPosition }) => StartingPosition === undefined,
  );

test('a service as functions has a consumer and an API from one bundle, and neither tasks nor an image', () => {
  for (const service of serviceNames) {
    const functions = functionsOf(templates, service);
    const handlers = [...functions].map(([name, { Handler }]) => [name, Handler] as unknown[]);
    assert.deepEqual(handlers, [
      ...(hasQueues(service) ? [[`${service}-consumer`, 'main.consume']] : []),
      ...(hasPaths(service) ? [[`${service}-api`, 'main.serve']] : []),
    ]);
    for (const { Runtime, Architectures, VpcConfig } of functions.values())
      assert.deepEqual([Runtime, Architectures, VpcConfig], ['nodejs24.x', ['arm64'], undefined]);
    const bundles = new Set([...functions.values()].map(({ Code }) => JSON.stringify(Code)));
    assert.equal(bundles.size, 1);
    const types = Object.values(templates[service].Resources).map(({ Type }) => Type);
    assert.deepEqual(
      types.filter((type) => /^AWS::(?:ECS|EC2|ECR|ApplicationAutoScaling)::/.test(type)),
      [],
    );
  }
});

test('both functions have one role, which names the service as its principal', () => {
  for (const service of serviceNames) {
    const roles = [...functionsOf(templates, service).values()].map(
      ({ Role }) => (Role['Fn::GetAtt'] as string[])[0] ?? '',
    );
    assert.equal(new Set(roles).size, 1);
    const role = templates[service].Resources[roles[0] ?? ''];
    const tags = role?.Properties['Tags'] as { Key: string; Value: string }[];
    assert.ok(tags.some(({ Key, Value }) => Key === 'tandem:principal' && Value === service));
  }
});

test('a consumer gets batches of a minute, reports failed messages, and has at most two invocations at a time', () => {
  for (const service of consumers) {
    for (const source of sources(templates, service)) {
      assert.ok(source['BatchSize'] >= 1_000);
      assert.equal(source['MaximumBatchingWindowInSeconds'], 60);
      assert.deepEqual(source['FunctionResponseTypes'], ['ReportBatchItemFailures']);
      assert.deepEqual(source['ScalingConfig'], { MaximumConcurrency: 2 });
    }
  }
});

test('a message stays invisible for six timeouts of the function and its batch window, as AWS advises', () => {
  for (const service of consumers) {
    const timeout = Number(functionsOf(templates, service).get(`${service}-consumer`)?.['Timeout']);
    const window = Number(sources(templates, service)[0]?.['MaximumBatchingWindowInSeconds']);
    const [queue] = propertiesOf(templates, service, 'AWS::SQS::Queue').filter(
      ({ VisibilityTimeout }) => VisibilityTimeout !== undefined,
    );
    assert.equal(queue?.['VisibilityTimeout'], 6 * timeout + window);
  }
});

test('a consumer and an API start only when their permissions and the relay exist', () => {
  for (const service of serviceNames) {
    const { Resources } = templates[service];
    const typesBefore = (resource: Resource) =>
      (resource.DependsOn ?? []).map((id) => Resources[id]?.Type ?? '');
    const started = Object.values(Resources).filter(
      ({ Type, Properties }) =>
        Type === 'AWS::ElasticLoadBalancingV2::TargetGroup' ||
        (Type === 'AWS::Lambda::EventSourceMapping' && Properties['StartingPosition'] === undefined),
    );
    assert.equal(started.length, topology.services[service].queues.length + (hasPaths(service) ? 1 : 0));
    for (const resource of started) {
      const types = typesBefore(resource);
      assert.ok(types.includes('AWS::IAM::Policy'));
      assert.equal(
        types.includes('AWS::Lambda::EventSourceMapping'),
        topology.relays[service] !== undefined,
        service,
      );
    }
  }
});

test('the load balancer passes requests to the API with all values of headers, and checks no health at rest', () => {
  for (const service of routed) {
    const [group, ...more] = propertiesOf(templates, service, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    assert.ok(group && more.length === 0);
    assert.deepEqual([group['TargetType'], group['HealthCheckEnabled']], ['lambda', false]);
    assert.deepEqual(group['TargetGroupAttributes'], [
      { Key: 'lambda.multi_value_headers.enabled', Value: 'true' },
    ]);
    const [{ Id } = { Id: undefined }] = group['Targets'] as { Id: { 'Fn::GetAtt': string[] } }[];
    const [api = ''] = Id?.['Fn::GetAtt'] ?? [];
    assert.equal(templates[service].Resources[api]?.Properties['FunctionName'], `${service}-api`);
    const rules = propertiesOf(templates, service, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    assert.deepEqual(
      rules.map(({ Conditions }) => Conditions[0].PathPatternConfig.Values as unknown),
      [topology.services[service].paths.flatMap((path) => [path, `${path}/*`])],
    );
  }
});

test('only load balancers of the account may invoke the API', () => {
  for (const service of routed) {
    const permissions = propertiesOf(templates, service, 'AWS::Lambda::Permission');
    assert.equal(permissions.length, 1);
    const [{ Principal, SourceAccount, SourceArn } = {}] = permissions;
    assert.equal(Principal, 'elasticloadbalancing.amazonaws.com');
    assert.deepEqual(SourceAccount, { Ref: 'AWS::AccountId' });
    assert.match(
      JSON.stringify(SourceArn),
      /arn:aws:elasticloadbalancing:.*AWS::AccountId.*:targetgroup\/\*/,
    );
  }
});

test('the concurrency of an API is limited by a setting, which a new account can set to 0', () => {
  const limit = (functionConcurrency?: number) => {
    const settings = functionConcurrency === undefined ? {} : { functionConcurrency };
    const functions = functionsOf(synthesizeAll(settings), 'analytics');
    return functions.get('analytics-api')?.['ReservedConcurrentExecutions'] as unknown;
  };
  assert.equal(limit(), 5);
  assert.equal(limit(20), 20);
  assert.equal(limit(0), undefined);
});

test('logs have a retention, and their groups are those of the functions', () => {
  for (const service of serviceNames) {
    const groups = propertiesOf(templates, service, 'AWS::Logs::LogGroup');
    for (const name of functionsOf(templates, service).keys()) {
      const group = groups.find(({ LogGroupName }) => LogGroupName === `/aws/lambda/${name}`);
      assert.equal(group?.['RetentionInDays'], 30, name);
    }
  }
});
