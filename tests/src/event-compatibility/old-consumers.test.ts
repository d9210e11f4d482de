import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventArbitraries } from '@tandem/contracts/events.arbitrary';
import { eventSchemas, type EventType, SCHEMA_VERSION } from '@tandem/contracts/events';
import { eventExamples } from '@tandem/contracts/examples';
import { type Published, promisesOf, publishedOf, supported } from '@tandem/contracts/published';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { cartHistories, productHistories } from '../support/event-histories.ts';
import { frozenVersions } from './frozen.ts';
import { playWholeLoop } from './record-scenarios.ts';

type Body = Readonly<Record<string, unknown>>;

const types = Object.keys(eventSchemas) as EventType[];
const promises = promisesOf(eventSchemas);
const frozen = await frozenVersions();
const known = frozen.slice(frozen.findIndex(({ name }) => name === supported.oldestConsumer));
/** Who must take what we publish: each consumer that may be running, and whoever relies on what this version promises. */
const readers = [
  ...known.map(({ name, published }) => ({
    name: `a consumer of ${name}`,
    faults: faultsBy(published, 'accepted'),
  })),
  ...frozen
    .filter(({ major }) => major === SCHEMA_VERSION)
    .map(({ name, published }) => ({
      name: `the promise of ${name}`,
      faults: faultsBy(published, 'promised'),
    })),
];

/** Events as our producers publish them: with what these always say, and some of what they may. */
const producedOf = (type: EventType): fc.Arbitrary<Body> => {
  const said = publishedOf().promised[type]?.['required'] as readonly string[];
  const always = Object.entries(eventExamples[type][0]).filter(([field]) => said.includes(field));
  return eventArbitraries[type].map((event) => ({
    ...Object.fromEntries(always),
    ...event,
    schemaVersion: SCHEMA_VERSION,
  }));
};

for (const { name, faults } of readers) {
  describe(name, () => {
    for (const type of types) {
      test(`takes whatever ${type} we may publish`, () => {
        fc.assert(
          fc.property(producedOf(type), (event) => {
            assert.ok(promises[type]?.safeParse(event).success, 'not what we may publish');
            assert.equal(faults(JSON.parse(JSON.stringify(event)) as Body), '');
          }),
        );
      });
    }

    test('accepts every event of carts and products', () => {
      const histories = fc.oneof(cartHistories('a', 'b', 'c'), productHistories);
      fc.assert(
        fc.property(histories, ({ events }) => {
          for (const event of events) assert.equal(faults({ ...event, schemaVersion: SCHEMA_VERSION }), '');
        }),
      );
    });
  });
}

test('all accept the events of the running system', async () => {
  const told = await playWholeLoop();
  assert.deepEqual(new Set(told.map(({ event }) => event['eventType'])), new Set(types));
  for (const { name, faults } of readers)
    for (const { event } of told) assert.equal(faults(event), '', `${name}: ${JSON.stringify(event)}`);
});

for (const { name, published, recorded, foreign } of frozen) {
  test(`${name} kept its promise, and accepts what others sent`, () => {
    const [unkept, refused] = [faultsBy(published, 'promised'), faultsBy(published, 'accepted')];
    for (const { event } of recorded) assert.deepEqual([unkept(event), refused(event)], ['', '']);
    for (const body of foreign) assert.equal(refused(JSON.parse(body) as Body), '', body);
  });
}

test('the oldest consumer is one of a frozen version', () => {
  assert.equal(known[0]?.name, supported.oldestConsumer);
});

test('a reader refuses what it does not expect', () => {
  const [example] = eventExamples.ProductUpdated;
  for (const { name, faults } of readers)
    for (const fields of [
      { price: 1.5 },
      { name: undefined },
      { updatedAt: 'yesterday' },
      { currency: 'eur' },
    ]) {
      const event = JSON.parse(JSON.stringify({ ...example, ...fields })) as Body;
      assert.notEqual(faults(event), '', `${name}: ${JSON.stringify(fields)}`);
    }
});

/** What is wrong with an event in the eyes of a version; nothing is with types that it does not know. */
function faultsBy(published: Published, side: keyof Published): (event: Body) => string {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const schemas = Object.entries(published[side]);
  const validators = new Map(schemas.map(([type, schema]) => [type, ajv.compile(schema)]));
  return (event) => {
    const validate = validators.get(String(event['eventType']));
    return !validate || validate(event) ? '' : ajv.errorsText(validate.errors);
  };
}
