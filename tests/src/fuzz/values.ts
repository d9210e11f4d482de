import { isUtf8 } from 'node:buffer';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import type { JsonSchema, OpenApi } from '../support/openapi.ts';
import { edgesOf, mutationsOf } from './edges.ts';

/** Whether an input is valid by its document; `either` if readers of the document may differ. */
export type Verdict = 'valid' | 'invalid' | 'either';

/** Source of random values, which depend on the seed and on earlier responses. */
export interface Source {
  readonly draw: Draw;
  readonly api: OpenApi;
  readonly validate: (schema: JsonSchema) => ValidateFunction;
  /** Whether some of the values are invalid, missing or added. */
  readonly isWild: boolean;
  /** Values of a field in earlier responses, the newest first. */
  readonly knownValues: (name: string) => readonly string[];
}

/** Draws a value during a test. */
export type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

/** Arbitrary of `Draw`. Unlike `fc.gen`, it does not compare all arbitraries with each other. */
export class Draws extends fc.Arbitrary<Draw> {
  override generate(random: fc.Random) {
    return new fc.Value<Draw>((arbitrary) => arbitrary.generate(random, undefined).value, undefined);
  }
  override canShrinkWithoutContext(value: unknown): value is Draw {
    return value === undefined;
  }
  override shrink() {
    return fc.Stream.nil<fc.Value<Draw>>();
  }
}

/** Decides with a probability of 1 / n. */
export const oneIn = ({ draw }: Source, n: number): boolean => draw(fc.nat(n - 1)) === 0;
/** Decides with a probability of 1 / n whether to be invalid, if the source is wild. */
export const isOdd = (source: Source, n: number): boolean => source.isWild && oneIn(source, n);

const strangeStrings = [
  '',
  ' ',
  '\0',
  '__proto__',
  '..',
  '%00',
  '\ud800',
  '\ufeff',
  "'",
  'null',
  '-0',
  '1e999',
];
const unicodeStrings = ['٣', '👩‍👩‍👧', 'ﬁ', 'İ', '\u202e', '\r\nx: y', '${7*7}', '{{7*7}}', 'constructor'];
const lengths = fc.constantFrom(64, 65, 128, 129, 200, 201, 2000, 4001);
/** Strings that have broken parsers, stores and prototypes. */
export const nastyString = fc.oneof(
  fc.constantFrom(...strangeStrings, ...unicodeStrings),
  fc.tuple(lengths, fc.constantFrom('x', ' ', 'é', '😀', ',')).map(([length, unit]) => unit.repeat(length)),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 40 }),
);
const nastyNumber = fc.constantFrom(0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e308);
const nastyValue = fc.oneof(nastyString, nastyNumber, fc.jsonValue({ maxDepth: 3 }));
/** Limits of the known values to choose from: with the newest ones, requests refer to the same cart and product. */
const newest = fc.constantFrom(1, 1, 6, 50);
const matching = new Map<string, fc.Arbitrary<string>>();

/** Draws a value, mostly a valid one. Strings are mostly known values of their field. */
export function drawValue(source: Source, schema: JsonSchema, name = ''): unknown {
  const { draw, api, isWild } = source;
  if (isOdd(source, 13)) return draw(nastyValue);
  const edges = edgesOf(name);
  if (edges && oneIn(source, isWild ? 3 : 20)) return draw(edges);
  const { $ref, type, anyOf, pattern, minimum: min = 0, maximum: max = 2 ** 53 - 1, minLength = 0 } = schema;
  if ($ref !== undefined) return drawValue(source, api.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, name);
  if (anyOf) return drawValue(source, draw(fc.constantFrom(...anyOf)), name);
  if ('const' in schema) return schema.const;
  if (schema.enum) return draw(fc.constantFrom(...schema.enum));
  if (type === 'object') return drawObject(source, schema);
  if (type === 'null') return null;
  if (type === undefined) return draw(fc.jsonValue());
  if (type === 'integer') {
    const bounds = fc.constantFrom(min, max, ...(isWild ? [min - 1, max + 1, min + 0.5] : []));
    return draw(fc.oneof(fc.integer({ min, max }), fc.integer({ min, max: Math.min(max, 20) }), bounds));
  }
  if (type !== 'string') throw new Error(`the fuzz test does not support the type ${type}: add it`);
  const candidates = source.knownValues(name).slice(0, draw(newest));
  if (candidates.length > 0 && !oneIn(source, isWild ? 4 : 10)) {
    const known = draw(fc.constantFrom(...candidates));
    return isOdd(source, 12) ? draw(fc.constantFrom(...mutationsOf(known))) : known;
  }
  if (pattern === undefined)
    return draw(fc.string({ unit: 'grapheme', minLength, maxLength: minLength + 30 }));
  const strings = matching.get(pattern) ?? fc.stringMatching(new RegExp(pattern, 'u'));
  matching.set(pattern, strings);
  return draw(strings);
}

function drawObject(source: Source, { properties = {}, required = [], oneOf = [{}] }: JsonSchema): object {
  const needed = [...required, ...(source.draw(fc.constantFrom(...oneOf)).required ?? [])];
  const fields = Object.entries(properties)
    .filter(([, field]) => source.isWild || !field.not)
    .filter(([name]) => (needed.includes(name) ? !isOdd(source, 8) : oneIn(source, oneOf.length > 1 ? 8 : 2)))
    .map(([name, field]) => [name, drawValue(source, field, name)]);
  return Object.fromEntries([...fields, ...(isOdd(source, 8) ? [[source.draw(nastyString), 1]] : [])]);
}

/** Texts that are inserted into JSON, also in the place of numbers. */
const fragment = fc.constantFrom(
  '',
  `1${'0'.repeat(400)}`,
  `"a":${'['.repeat(70)}${']'.repeat(70)},`,
  '"__proto__":{"a":1},',
  '"constructor":{"prototype":{}},',
  '"a":1,"a":2,',
  ' \n\t',
  ...'\xff \ufeff [ , \0 // } 1e999 -1e999 -0 1.0 01 NaN 9007199254740993 1E2 0x10'.split(' '),
);

/** Draws JSON, of which wild sources distort some. */
export function drawJson(source: Source, schema: JsonSchema): { bytes: Buffer; verdict: Verdict } {
  const { draw, validate } = source;
  let json = JSON.stringify(drawValue(source, schema));
  if (isOdd(source, 10)) {
    const start = draw(fc.constantFrom(0, 1, json.lastIndexOf(':') + 1, json.length));
    json = json.slice(0, start) + draw(fragment) + json.slice(start).replace(/^-?\d+/, '');
    if (oneIn(source, 4)) json = json.slice(0, 1 + draw(fc.nat(json.length)));
  }
  const bytes = Buffer.from(json, isOdd(source, 20) ? 'latin1' : 'utf8');
  return { bytes, verdict: verdictOf(validate(schema), bytes) };
}

/** Whether readers may differ about a text: its length before and after NFC, and whether it is blank. */
export function isAmbiguous(text: string): boolean {
  return text !== text.normalize('NFC') || /[\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

function verdictOf(validate: ValidateFunction, bytes: Buffer): Verdict {
  const text = bytes.toString();
  if (!isUtf8(bytes)) return 'invalid';
  // Readers may skip a byte order mark, reject prototype pollution and deep nesting, and count surrogates differently.
  if (/^\ufeff|__proto__|constructor|\[{60}|[\ud800-\udfff]|\\ud[89a-f]/i.test(text)) return 'either';
  if (isAmbiguous(text)) return 'either';
  try {
    return validate(JSON.parse(text)) ? 'valid' : 'invalid';
  } catch (error) {
    if (error instanceof SyntaxError) return 'invalid';
    throw error;
  }
}
