import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { asyncApiDocument } from './asyncapi.ts';
import { eventSchemas } from './events.ts';
import { topology } from './topology.ts';

const example = z.object({ payload: z.unknown() });
const reference = z.object({ $ref: z.string() });
const document = z
  .object({
    info: z.object({ license: z.object({ name: z.string() }) }),
    servers: z.record(z.string(), z.object({ host: z.string(), variables: z.unknown().optional() })),
    channels: z.record(
      z.string(),
      z.object({ address: z.string(), messages: z.record(z.string(), reference) }),
    ),
    operations: z.record(
      z.string(),
      z.object({
        action: z.enum(['send', 'receive']),
        channel: reference,
        messages: z.array(reference),
        bindings: z
          .looseObject({ sqs: z.object({ queues: z.array(z.object({ name: z.string() })) }) })
          .optional(),
      }),
    ),
    components: z.object({
      messages: z.record(
        z.string(),
        z.object({
          headers: z.object({ required: z.array(z.string()) }),
          payload: z.record(z.string(), z.unknown()),
          examples: z.array(example),
        }),
      ),
    }),
  })
  .parse(asyncApiDocument());

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats.default(ajv);

test('the document is valid AsyncAPI 3.0', () => {
  const schema: object = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');
  // The schema bundles draft-07's own under its $id, which ajv would have added as well.
  const metaAjv = new Ajv({ allErrors: true, strict: false, meta: false, validateSchema: false });
  addFormats.default(metaAjv);
  assert.ok(metaAjv.validate(schema, asyncApiDocument()), metaAjv.errorsText());
  assert.equal(metaAjv.validate(schema, { ...asyncApiDocument(), channels: { broken: 1 } }), false);
});

test('the document is plain JSON', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(asyncApiDocument())), asyncApiDocument());
});

test('each topic has a channel with its messages', () => {
  const channels = Object.entries(document.channels).map(([, { address, messages }]) => [
    address,
    Object.keys(messages),
  ]);
  assert.deepEqual(
    channels,
    Object.entries(topology.topics).map(([name, { eventTypes }]) => [name, eventTypes]),
  );
});

test('each topic has a send operation, and each subscription a receive operation with its queues', () => {
  const operations = Object.values(document.operations);
  assert.deepEqual(
    operations.filter(({ action }) => action === 'send').map(({ channel }) => channel.$ref),
    Object.keys(topology.topics).map((topic) => `#/channels/${topic}`),
  );
  assert.deepEqual(
    operations
      .filter(({ action }) => action === 'receive')
      .map(({ channel, bindings }) => [channel.$ref, bindings?.sqs.queues.map(({ name }) => name)]),
    topology.subscriptions.map(({ topic, queue }) => [
      `#/channels/${topic}`,
      [queue, topology.queues[queue].deadLetterQueue],
    ]),
  );
});

test('every reference resolves', () => {
  const references = [...JSON.stringify(asyncApiDocument()).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  assert.ok(references.length > 0);
  for (const [, path = ''] of references) {
    let target: unknown = asyncApiDocument();
    for (const step of path.split('/')) target = z.record(z.string(), z.unknown()).parse(target)[step];
    assert.ok(target, path);
  }
});

test('the document has a local server and one for any region of AWS', () => {
  assert.equal(document.servers['local']?.host, '127.0.0.1:4566');
  assert.match(document.servers['aws']?.host ?? '', /\{region\}/);
  assert.ok(document.servers['aws']?.variables);
  assert.equal(document.info.license.name, 'Apache-2.0');
});

for (const type of Object.keys(eventSchemas)) {
  test(`${type}: the payload schema of the message accepts its examples`, () => {
    const message = document.components.messages[type];
    assert.ok(message);
    assert.deepEqual(message.headers.required, ['eventType', 'eventId', 'traceparent']);
    assert.ok(message.examples.length > 0);
    for (const { payload } of message.examples) assertValid(message.payload, payload);
    assert.equal(ajv.validate(message.payload, { eventType: type }), false, 'required fields');
    const unknownField = { ...z.looseObject({}).parse(message.examples[0]?.payload), later: true };
    assertValid(message.payload, unknownField);
  });
}

const contractExamples = [
  {
    eventType: 'ProductUpdated',
    productId: 'prod-123',
    name: 'Acme Widget',
    price: 1999,
    currency: 'USD',
    inventory: 120,
    updatedAt: '2026-02-14T15:00:00Z',
    version: 42,
  },
  {
    eventType: 'ProductAddedToCart',
    cartId: 'cart-abc',
    userId: 'user-123',
    productId: 'prod-123',
    priceAtAdd: 1999,
    qty: 2,
    timestamp: '2026-02-14T15:05:00Z',
    cartVersion: 10,
  },
];

for (const event of contractExamples) {
  test(`the examples include the ${event.eventType} of the contract`, () => {
    const examples = document.components.messages[event.eventType]?.examples ?? [];
    assert.ok(examples.some(({ payload }) => isDeepStrictEqual(payload, event)));
  });
}

function assertValid(schema: object, value: unknown): void {
  assert.ok(ajv.validate(schema, value), ajv.errorsText());
}
