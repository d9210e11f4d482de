import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { queryInteger, compileValidator, type Fault } from './schema.ts';

/** The detail of the only fault, and the sentence about it. */
function faultOf(schema: z.ZodType, input: unknown): { detail: string | undefined; sentence: string } {
  const result = compileValidator(z.strictObject({ field: schema }), 'body')(input);
  assert.ok('error' in result, JSON.stringify(input));
  const faults = result.error.details?.['errors'] as readonly Fault[] | undefined;
  return { detail: faults?.[0]?.detail, sentence: result.error.message };
}

const texts: [schema: z.ZodType, value: unknown, detail: string][] = [
  [z.string(), undefined, 'is missing'],
  [z.int(), undefined, 'is missing'],
  [z.enum(['a', 'b']), undefined, 'must be one of "a", "b"'],
  [z.string(), null, 'must be text'],
  [z.string(), 1, 'must be text'],
  [z.number(), '1', 'must be a number'],
  [z.number(), Number.NaN, 'must be a number'],
  [z.number(), Infinity, 'must be a number'],
  [z.int(), '1', 'must be a whole number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.int(), 1e300, 'must be at most 9007199254740991'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.int().max(999), 1000, 'must be at most 999'],
  [z.number().positive(), 0, 'must be greater than 0'],
  [z.number().lt(3), 3, 'must be less than 3'],
  [z.int().multipleOf(5), 7, 'must be a multiple of 5'],
  [queryInteger(z.int().min(1).max(100)), 'abc', 'must be a whole number'],
  [queryInteger(z.int().min(1).max(100)), '0', 'must be at least 1'],
  [z.boolean(), 'true', 'must be true or false'],
  [z.stringbool({ truthy: ['true'], falsy: ['false'] }), 'x', 'must be one of "true", "false"'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(2), 'x', 'must have at least 2 characters'],
  [z.string().max(1), 'xx', 'must have at most 1 character'],
  [z.string().max(200), 'x'.repeat(201), 'must have at most 200 characters'],
  [z.string().length(3), 'x', 'must have exactly 3 characters'],
  [z.string().regex(/^x$/), 'y', 'does not have the required form'],
  [z.string().regex(/^x$/, 'must be an x'), 'y', 'must be an x'],
  [z.string().startsWith('x'), 'y', 'must begin with "x"'],
  [z.string().endsWith('x'), 'y', 'must end with "x"'],
  [z.string().includes('x'), 'y', 'must contain "x"'],
  [z.url(), 'y', 'must be a URL such as https://shop.example/page'],
  [z.iso.date(), '2026-02-30', 'must be a date such as 2026-02-14'],
  [z.iso.datetime(), 'noon', 'must be a time such as 2026-02-14T15:00:00Z'],
  [z.array(z.int()), {}, 'must be a list'],
  [z.array(z.int()).min(1), [], 'must not be empty'],
  [z.array(z.int()).max(1), [1, 2], 'must have at most 1 item'],
  [z.tuple([z.int()]), [], 'must not be empty'],
  [z.object({}), [], 'must be an object'],
  [z.record(z.string().max(1), z.int()), { long: 1 }, 'is not an allowed name'],
  [z.record(z.string(), z.int()), 1, 'must be an object'],
  [z.literal('true'), 'x', 'must be "true"'],
  [z.literal(1), 2, 'must be 1'],
  [z.null(), 1, 'must be null'],
  [z.never().optional(), 1, 'is not allowed'],
  [z.never('is set by the server').optional(), 1, 'is set by the server'],
  [z.union([z.int(), z.literal('all')]), true, 'has none of the allowed forms'],
  [
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
    { kind: 'c' },
    'must be one of "a", "b"',
  ],
  [z.custom(() => false), 1, 'is not valid'],
  [z.custom(() => false, 'must be even'), 1, 'must be even'],
  [z.string().refine(() => false), 'x', 'is not valid'],
  [z.date(), 'x', 'is not valid'],
  [z.string().optional().nonoptional(), undefined, 'is missing'],
];

for (const [schema, value, expected] of texts) {
  test(`${JSON.stringify(value)?.slice(0, 30)}: the field "${expected}"`, () => {
    assert.equal(faultOf(schema, { field: value }).detail, expected);
  });
}

test('an unknown field is named by its pointer', () => {
  const { detail, sentence } = faultOf(z.int().optional(), { more: 1 });
  assert.equal(detail, 'is not a known field');
  assert.equal(sentence, 'The body is not valid: more is not a known field. Correct it.');
});

test('the sentence about a single fault says what is wrong, and then what to do', () => {
  for (const [part, schema, input, sentence] of [
    [
      'body',
      z.object({ qty: z.int().min(1) }),
      { qty: 0 },
      'The body is not valid: qty must be at least 1. Correct it.',
    ],
    ['body', z.object({}), null, 'The body is not valid: it must be an object. Correct it.'],
    ['body', z.strictObject({}), { a: 1, b: 2 }, 'The body is not valid. Correct the fields in errors.'],
    [
      'body',
      z.strictObject({}),
      { ['x'.repeat(61)]: 1 },
      'The body is not valid. Correct the fields in errors.',
    ],
    [
      'querystring',
      z.object({ limit: z.string() }),
      {},
      'The query is not valid: limit is missing. Correct it.',
    ],
    [
      'params',
      z.object({ id: z.string().max(1) }),
      { id: 'xx' },
      'The path is not valid: id must have at most 1 character. Correct it.',
    ],
    [
      'headers',
      z.object({ 'if-match': z.string() }),
      {},
      'The header is not valid: if-match is missing. Correct it.',
    ],
  ] as const) {
    const result = compileValidator(schema, part)(input);
    assert.ok('error' in result);
    assert.equal(result.error.message, sentence);
  }
});
