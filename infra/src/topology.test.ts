import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishers, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { physicalName } from './testing/physical-name.ts';
import { type CloudFormation, type Resource, resources, stacksOf, synthesizeAll } from './testing/synth.ts';

const templates = synthesizeAll();
const isFunction = (service: ServiceName) => topology.services[service].runsAs === 'function';
const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

/** Results of `read` for all resources of a type, in the stacks of all services. */
function found<T>(
  type: string,
  read: (resource: Resource, template: CloudFormation, service: ServiceName) => T,
): T[] {
  return serviceNames.flatMap((service) =>
    Object.entries(stacksOf(templates, service)).flatMap(([stack, template]) =>
      resources({ [stack]: template }, type).map((resource) => read(resource, template, service)),
    ),
  );
}

test('every table exists with its indexes, a stream of both images, and TTL', () => {
  const string = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  const expected = Object.entries(topology.tables).map(([name, { owner, indexes }]) => ({
    name,
    owner,
    keys: ['pk', ...Object.keys(indexes).flatMap((index) => [index, `${index}Sort`])].map(string),
    indexes: Object.entries(indexes).map(([IndexName, holds]) => ({
      IndexName,
      KeySchema: [
        { AttributeName: IndexName, KeyType: 'HASH' },
        { AttributeName: `${IndexName}Sort`, KeyType: 'RANGE' },
      ],
      Projection:
        holds === 'keys'
          ? { ProjectionType: 'KEYS_ONLY' }
          : { ProjectionType: 'INCLUDE', NonKeyAttributes: ['version', 'state', 'expiresAt'] },
    })),
    stream: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    ttl: { AttributeName: 'expiresAt', Enabled: true },
  }));
  const actual = found('AWS::DynamoDB::GlobalTable', ({ Properties: properties }, _template, owner) => ({
    name: String(properties['TableName']),
    owner,
    keys: properties['AttributeDefinitions'],
    indexes: ((properties['GlobalSecondaryIndexes'] ?? []) as Record<string, unknown>[]).map(
      ({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }),
    ),
    stream: properties['StreamSpecification'],
    ttl: properties['TimeToLiveSpecification'],
  }));
  assert.deepEqual(actual.toSorted(byName), expected.toSorted(byName));
});

test('the topics are exactly those of the topology', () => {
  const names = resources({ events: templates.events }, 'AWS::SNS::Topic').map(({ Properties }) =>
    String(Properties['TopicName']),
  );
  assert.deepEqual(names.toSorted(), Object.keys(topology.topics).toSorted());
});

test('every queue exists with its dead-letter queue, in a stack of its consumer', () => {
  const seconds = (days: number) => days * 24 * 60 * 60;
  const keeping = (name: string, service: ServiceName) => ({ name, service, retention: seconds(14) });
  const expected = [
    ...Object.entries(topology.queues).flatMap(
      ([name, { consumer, deadLetterQueue, maxReceiveCount, visibilityTimeout }]) => [
        {
          name,
          service: consumer,
          retention: seconds(4),
          // Six times the timeout of a function, and its batch window.
          visibility: isFunction(consumer) ? 6 * 60 + 60 : visibilityTimeout,
          redrive: { to: deadLetterQueue, after: maxReceiveCount },
        },
        { ...keeping(deadLetterQueue, consumer), takesFrom: [name] },
      ],
    ),
    ...publishers.map(([service, { parkingQueue }]) => keeping(parkingQueue, service)),
  ];
  const actual = found('AWS::SQS::Queue', ({ Properties: properties }, template, service) => {
    const { RedrivePolicy: redrive, RedriveAllowPolicy: allowed } = properties;
    return {
      name: String(properties['QueueName']),
      service,
      retention: Number(properties['MessageRetentionPeriod']),
      ...(properties['VisibilityTimeout'] ? { visibility: Number(properties['VisibilityTimeout']) } : {}),
      ...(redrive
        ? {
            redrive: {
              to: physicalName(template, redrive.deadLetterTargetArn),
              after: Number(redrive.maxReceiveCount),
            },
          }
        : {}),
      ...(allowed
        ? { takesFrom: (allowed.sourceQueueArns as unknown[]).map((arn) => physicalName(template, arn)) }
        : {}),
    };
  });
  assert.deepEqual(actual.toSorted(byName), expected.toSorted(byName));
});

test('every subscription exists with raw delivery, a filter on its event types, and a dead-letter queue', () => {
  const actual = found('AWS::SNS::Subscription', ({ Properties: properties }, template) => ({
    topic: physicalName(template, properties['TopicArn']),
    queue: physicalName(template, properties['Endpoint']),
    protocol: properties['Protocol'],
    raw: properties['RawMessageDelivery'],
    filter: properties['FilterPolicy'],
    scope: properties['FilterPolicyScope'] ?? 'MessageAttributes',
    deadLetterQueue: physicalName(template, properties['RedrivePolicy']?.deadLetterTargetArn),
  }));
  const expected = topology.subscriptions.map(({ topic, queue, eventTypes }) => ({
    topic,
    queue,
    protocol: 'sqs',
    raw: true,
    filter: { eventType: eventTypes },
    scope: 'MessageAttributes',
    deadLetterQueue: topology.queues[queue].deadLetterQueue,
  }));
  const byQueue = (a: { queue: string }, b: { queue: string }) => a.queue.localeCompare(b.queue);
  assert.deepEqual(actual.toSorted(byQueue), expected.toSorted(byQueue));
});

test('only subscribed topics may send to a queue and its dead-letter queue', () => {
  const expected = topology.subscriptions.flatMap(({ topic, queue }) => [
    `${topic} -> ${queue}`,
    `${topic} -> ${topology.queues[queue].deadLetterQueue}`,
  ]);
  const actual = found('AWS::SQS::QueuePolicy', ({ Properties: properties }, template) => {
    const statements = properties['PolicyDocument'].Statement as Record<string, unknown>[];
    return statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Principal, Action, Condition }) => {
        assert.deepEqual(Principal, { Service: 'sns.amazonaws.com' });
        assert.equal(Action, 'sqs:SendMessage');
        const [source] = Object.values(Condition as object) as Record<string, unknown>[];
        const topic = physicalName(template, source?.['aws:SourceArn']);
        return (properties['Queues'] as unknown[]).map(
          (queue) => `${topic} -> ${physicalName(template, queue)}`,
        );
      });
  }).flat();
  assert.deepEqual(actual.toSorted(), expected.toSorted());
});

test('every relay reads the stream of its table, filtered to changes with events', () => {
  for (const service of serviceNames) {
    const relay = topology.relays[service];
    const mappings = resources({ [service]: templates[service] }, 'AWS::Lambda::EventSourceMapping').filter(
      ({ Properties }) => Properties['StartingPosition'] !== undefined,
    );
    assert.equal(mappings.length, relay ? 1 : 0, service);
    const [properties] = mappings.map(({ Properties }) => Properties);
    if (!relay || !properties) continue;
    const { StackName, OutputName } = properties['EventSourceArn']['Fn::GetStackOutput'];
    assert.equal(StackName, `tandem-production-${service}-data`);
    const data = templates[`${service}-data`];
    const { Value } = data.Outputs?.[OutputName] ?? {};
    const [table, attribute] = (Value as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
    assert.equal(physicalName(data, { Ref: table }), relay.table);
    assert.equal(attribute, 'StreamArn');
    assert.equal(physicalName(templates[service], properties['FunctionName']), `${service}-relay`);
    assert.deepEqual(
      (properties['FilterCriteria'].Filters as { Pattern: string }[]).map(
        ({ Pattern }) => JSON.parse(Pattern) as unknown,
      ),
      [
        { dynamodb: { NewImage: { hasEvents: { BOOL: [true] } } } },
        ...(relay.publishesExpiry ? [{ eventName: ['REMOVE'] }] : []),
      ],
    );
  }
});

test('every queue of a service that runs as functions is a source of its consumer', () => {
  const actual = found('AWS::Lambda::EventSourceMapping', ({ Properties: properties }, template) =>
    properties['StartingPosition'] === undefined
      ? [
          {
            queue: physicalName(template, properties['EventSourceArn']),
            consumer: physicalName(template, properties['FunctionName']),
          },
        ]
      : [],
  ).flat();
  const expected = Object.entries(topology.queues)
    .filter(([, { consumer }]) => isFunction(consumer))
    .map(([queue, { consumer }]) => ({ queue, consumer: `${consumer}-consumer` }));
  assert.ok(expected.length > 0);
  assert.deepEqual(actual, expected);
});

test('every path and its subpaths are routed to their service', () => {
  for (const service of serviceNames) {
    const rules = resources({ [service]: templates[service] }, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    const conditions = rules.flatMap(({ Properties: properties }) => properties['Conditions'] as unknown[]);
    const Values = topology.services[service].paths.flatMap((path) => [path, `${path}/*`]);
    const expected = Values.length > 0 ? [{ Field: 'path-pattern', PathPatternConfig: { Values } }] : [];
    assert.deepEqual(conditions, expected, service);
  }
});
