import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventArbitraries } from '@tandem/contracts/events.arbitrary';
import { eventSchemas, type EventType, SCHEMA_VERSION } from '@tandem/contracts/events';
import { eventExamples } from '@tandem/contracts/examples';
import { type Published, promisesOf, publishedOf, supported } from '@tandem/contracts/published';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { cartHistories } from '../support/histories/carts.ts';
import { productHistories } from '../support/histories/products.ts';
import { frozenVersions } from './frozen.ts';
import { recordScenarios } from './record-scenarios.ts';

type Body = Readonly<Record<string, unknown>>;

const types = Object.keys(eventSchemas) as EventType[];
const promises = promisesOf(eventSchemas);
const frozen = await frozenVersions();
const supportedVersions = frozen.slice(frozen.findIndex(({ name }) => name === supported.oldestConsumer));
/** Schemas that must accept our events: those of all consumers that may be running, and the promises of this major version. */
const consumers = [
  ...supportedVersions.map(({ name, published }) => ({
    name: `a consumer of ${name}`,
    errors: errorsBy(published, 'accepted'),
  })),
  ...frozen
    .filter(({ major }) => major === SCHEMA_VERSION)
    .map(({ name, published }) => ({
      name: `the promise of ${name}`,
      errors: errorsBy(published, 'promised'),
    })),
];

/** Arbitrary of events of our producers: with all fields that these always publish, and some of the optional ones. */
const producedOf = (type: EventType): fc.Arbitrary<Body> => {
  const required = publishedOf().promised[type]?.['required'] as readonly string[];
  const always = Object.entries(eventExamples[type][0]).filter(([field]) => required.includes(field));
  return eventArbitraries[type].map((event) => ({
    ...Object.fromEntries(always),
    ...event,
    schemaVersion: SCHEMA_VERSION,
  }));
};

for (const { name, errors } of consumers) {
  describe(name, () => {
    for (const type of types) {
      test(`accepts every ${type} that we may publish`, () => {
        fc.assert(
          fc.property(producedOf(type), (event) => {
            assert.ok(promises[type]?.safeParse(event).success, 'the arbitrary breaks the promise');
            assert.equal(errors(JSON.parse(JSON.stringify(event)) as Body), '');
          }),
        );
      });
    }

    test('accepts all events in histories of carts and products', () => {
      const histories = fc.oneof(cartHistories('a', 'b', 'c'), productHistories);
      fc.assert(
        fc.property(histories, ({ events }) => {
          for (const event of events) assert.equal(errors({ ...event, schemaVersion: SCHEMA_VERSION }), '');
        }),
      );
    });
  });
}

test('all consumers accept the events of the running system', async () => {
  const recorded = await recordScenarios();
  assert.deepEqual(new Set(recorded.map(({ event }) => event['eventType'])), new Set(types));
  for (const { name, errors } of consumers)
    for (const { event } of recorded) assert.equal(errors(event), '', `${name}: ${JSON.stringify(event)}`);
});

for (const { name, published, recorded, foreign } of frozen) {
  test(`${name} kept its promise, and accepts the events of other producers`, () => {
    const [promiseErrors, errors] = [errorsBy(published, 'promised'), errorsBy(published, 'accepted')];
    for (const { event } of recorded) assert.deepEqual([promiseErrors(event), errors(event)], ['', '']);
    for (const body of foreign) assert.equal(errors(JSON.parse(body) as Body), '', body);
  });
}

test('the oldest supported consumer has a frozen version', () => {
  assert.equal(supportedVersions[0]?.name, supported.oldestConsumer);
});

test('every consumer rejects invalid events', () => {
  const [example] = eventExamples.ProductUpdated;
  for (const { name, errors } of consumers)
    for (const fields of [
      { price: 1.5 },
      { name: undefined },
      { updatedAt: 'yesterday' },
      { currency: 'eur' },
    ]) {
      const event = JSON.parse(JSON.stringify({ ...example, ...fields })) as Body;
      assert.notEqual(errors(event), '', `${name}: ${JSON.stringify(fields)}`);
    }
});

/** Creates a validator by the schemas of a version, which returns errors as a text; unknown types are valid. */
function errorsBy(published: Published, side: keyof Published): (event: Body) => string {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const schemas = Object.entries(published[side]);
  const validators = new Map(schemas.map(([type, schema]) => [type, ajv.compile(schema)]));
  return (event) => {
    const validate = validators.get(String(event['eventType']));
    return !validate || validate(event) ? '' : ajv.errorsText(validate.errors);
  };
}
