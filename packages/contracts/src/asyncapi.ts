import { z } from 'zod';
import { eventExamples } from './examples.ts';
import { eventSchemas, SCHEMA_VERSION, type EventType } from './events.ts';
import { topology, type SubscriptionSpec, type TopicName, type TopicSpec } from './topology.ts';

/**
 * The AsyncAPI 3.0 document of the system's events: a channel for each topic, a `send` operation of the service that
 * owns it and a `receive` operation for each subscription, with its queue. Plain JSON, a new value at each call.
 */
export function asyncApiDocument(): object {
  const topics = entries(topology.topics);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tandem events',
      version: `${SCHEMA_VERSION}.0.0`,
      description:
        'Delivered at least once and in any order: a consumer orders by `version` or `cartVersion`, ignores unknown ' +
        'fields and acknowledges unknown types. Money is integer minor units, times are RFC 3339 UTC.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: '127.0.0.1:4566',
        protocol: 'sns',
        description: 'SNS and SQS of the system on one machine (`npm start`)',
      },
      aws: {
        host: 'sns.{region}.amazonaws.com',
        protocol: 'sns',
        variables: { region: { default: 'us-east-1', description: 'The region of the stacks' } },
      },
    },
    channels: Object.fromEntries(topics.map(([name, topic]) => [name, channel(name, topic)])),
    operations: Object.fromEntries([
      ...topics.map(([name, topic]) => [`${topic.owner}-sends-${name}`, sending(name, topic)]),
      ...topology.subscriptions.map((subscription) => [
        `${topology.queues[subscription.queue].consumer}-receives-${subscription.topic}`,
        receiving(subscription),
      ]),
    ]),
    components: {
      messages: Object.fromEntries(entries(eventSchemas).map(([type]) => [type, message(type)])),
    },
  };
}

function channel(name: TopicName, topic: TopicSpec) {
  return {
    address: name,
    title: name,
    description: `Events of the ${topic.owner} service.`,
    messages: Object.fromEntries(
      topic.eventTypes.map((type) => [type, reference('components', 'messages', type)]),
    ),
    bindings: { sns: { name, ordering: { type: 'standard' }, bindingVersion: '0.1.0' } },
  };
}

function sending(name: TopicName, topic: TopicSpec) {
  return {
    action: 'send',
    channel: reference('channels', name),
    summary: `The ${topic.owner} service publishes its committed events.`,
    messages: channelMessages(name, topic.eventTypes),
  };
}

function receiving({ topic, queue, eventTypes }: SubscriptionSpec) {
  const { consumer, deadLetterQueue, maxReceiveCount, visibilityTimeout } = topology.queues[queue];
  return {
    action: 'receive',
    channel: reference('channels', topic),
    summary: `The ${consumer} service consumes ${queue}.`,
    messages: channelMessages(topic, eventTypes),
    bindings: {
      sns: {
        topic: { name: topic },
        consumers: [
          {
            protocol: 'sqs',
            endpoint: { name: queue },
            filterPolicy: { eventType: eventTypes },
            filterPolicyScope: 'MessageAttributes',
            rawMessageDelivery: true,
            redrivePolicy: { deadLetterQueue: { name: deadLetterQueue } },
          },
        ],
        bindingVersion: '0.1.0',
      },
      sqs: {
        queues: [
          {
            name: queue,
            fifoQueue: false,
            visibilityTimeout,
            redrivePolicy: { deadLetterQueue: { name: deadLetterQueue }, maxReceiveCount },
          },
          { name: deadLetterQueue, fifoQueue: false },
        ],
        bindingVersion: '0.2.0',
      },
    },
  };
}

function message(type: EventType) {
  const { $schema: _, ...payload } = z.toJSONSchema(eventSchemas[type], { io: 'input', target: 'draft-07' });
  return {
    name: type,
    title: type,
    contentType: 'application/json',
    headers: {
      type: 'object',
      description: 'Message attributes, of data type String',
      required: ['eventType', 'eventId', 'traceparent'],
      properties: {
        eventType: { type: 'string', const: type, description: 'Attribute that subscriptions filter on' },
        eventId: { type: 'string' },
        traceparent: {
          type: 'string',
          description: 'W3C Trace Context',
          pattern: '^[0-9a-f]{2}(-[0-9a-f]+)+$',
        },
      },
    },
    payload,
    examples: eventExamples[type].map((example) => ({ payload: example })),
  };
}

function channelMessages(topic: TopicName, types: readonly EventType[]) {
  return types.map((type) => reference('channels', topic, 'messages', type));
}

function reference(...path: string[]) {
  return { $ref: `#/${path.join('/')}` };
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
