import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import { compileValidator } from './schema.ts';
import { Thing, ThingQuery } from './testing.ts';

/** Mostly valid values, mixed with values of other types, missing ones and edge cases. */
function mostly(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 25, arbitrary: valid },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        undefined,
        null,
        Number.NaN,
        Infinity,
        -0,
        1e21,
        '\0',
        '\ud800',
        '__proto__',
      ),
    },
  );
}

const thing = fc.record(
  {
    name: mostly(fc.string({ minLength: 1, maxLength: 52 })),
    price: mostly(fc.nat()),
    tags: mostly(fc.array(mostly(fc.constantFrom('new', 'old')), { maxLength: 6 })),
    size: mostly(fc.record({ width: mostly(fc.double()), unit: mostly(fc.string()) }, { requiredKeys: [] })),
    either: mostly(
      fc.oneof(
        fc.record({ kind: fc.constant('at'), at: mostly(fc.constant('2026-02-14T15:00:00+01:00')) }),
        fc.record({ kind: mostly(fc.constant('url')), url: mostly(fc.webUrl()), more: fc.string() }),
      ),
    ),
    labels: mostly(fc.dictionary(fc.string({ maxLength: 22 }), mostly(fc.string()))),
    anything: mostly(fc.jsonValue()),
  },
  { requiredKeys: ['name', 'price'] },
);

const query = fc.record(
  {
    limit: mostly(
      fc.oneof(fc.integer({ min: -5, max: 120 }).map(String), fc.string(), fc.array(fc.string())),
    ),
    ids: mostly(fc.array(fc.string(), { maxLength: 4 }).map((ids) => ids.join(','))),
    mine: mostly(fc.constantFrom('true', 'false', 'yes', 'perhaps')),
    other: fc.string(),
  },
  { requiredKeys: [], noNullPrototype: false },
);

for (const [name, schema, inputs] of [
  ['bodies', Thing, mostly(thing)],
  ['bodies with an unknown field', Thing, mostly(thing.map((body) => ({ ...body, more: 1 })))],
  ['partial bodies', Thing.partial(), mostly(thing)],
  ['queries', ThingQuery, mostly(query)],
] as const) {
  test(`a compiled validator accepts and rejects the same ${name} as the schema, with the same output`, () => {
    const validate = compileValidator(schema, 'body');
    let accepted = 0;
    fc.assert(
      fc.property(inputs, (input) => {
        const expected = schema.safeParse(input);
        const actual = validate(input);
        if (expected.success) {
          accepted++;
          assert.deepEqual(actual, { value: expected.data });
        } else {
          assert.ok('error' in actual);
          const errors = actual.error.details?.['errors'];
          assert.ok(Array.isArray(errors) && errors.length > 0 && errors.length <= 20);
        }
      }),
      { numRuns: 2000 },
    );
    assert.equal(accepted > 100, !name.includes('unknown'), `${accepted} of 2000 accepted`);
    assert.ok(accepted < 1900, `${accepted} of 2000 accepted`);
  });
}

const nested = z.strictObject({ items: z.array(z.strictObject({ 'a/b~c': z.int() })) });

for (const [part, input, pointers] of [
  ['body', {}, ['/items']],
  ['body', null, ['']],
  [
    'body',
    { items: [{ 'a/b~c': 1 }, { 'a/b~c': 'x', extra: 1, more: 2 }] },
    ['/items/1/a~1b~0c', '/items/1/extra', '/items/1/more'],
  ],
  ['querystring', {}, ['?items']],
  ['params', {}, ['{items}']],
  ['headers', {}, ['items:']],
] as const) {
  test(`faults of ${part} ${JSON.stringify(input)} are reported with a pointer to each`, () => {
    const result = compileValidator(nested, part)(input);
    assert.ok('error' in result);
    assert.equal(result.error.kind, 'invalid');
    const errors = result.error.details?.['errors'] as { pointer: string; detail: string }[];
    assert.deepEqual(
      errors.map(({ pointer }) => pointer),
      pointers,
    );
    assert.ok(errors.every(({ detail }) => detail.length > 0));
  });
}

test('a small input cannot cause a large response', () => {
  const result = compileValidator(nested, 'body')({ items: Array.from({ length: 10_000 }, () => 0) });
  assert.ok('error' in result && Array.isArray(result.error.details?.['errors']));
  assert.equal(result.error.details['errors'].length, 20);
});
