import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import type { Document, Operation, Schema, Verdict } from './document.ts';
import { type Late, nastyText, valuesOf } from './values.ts';

/** A body with its content type; no bytes are no body. */
export interface Body {
  readonly type: string | undefined;
  readonly bytes: Buffer | undefined;
  readonly verdict: Verdict;
}

const none: Body = { type: undefined, bytes: undefined, verdict: 'valid' };

const strangeTypes = fc.oneof(
  fc.constantFrom(undefined, '', ';', 'a/b/c', '*/*', 'text/plain', 'text/xml', 'application/jsonx'),
  fc.constantFrom('application/x-www-form-urlencoded', 'application/json; charset=utf-16'),
  fc.constantFrom('application/merge-patch+json', 'application/x-ndjson'),
);

/** Bodies of an operation. Wild ones have other types, are cut short, are no JSON, are none. */
export function bodiesOf({ requestBody, document }: Operation, wild: boolean): fc.Arbitrary<Late<Body>> {
  if (requestBody === undefined) return wild ? unwanted : fc.constant(() => none);
  const { content, required = false } = requestBody;
  const given = fc.oneof(
    ...Object.entries(content).map(([type, { schema }]) =>
      type === 'application/x-ndjson' ? linesOf(document, wild) : jsonOf(document, type, schema, wild),
    ),
  );
  const right = required ? given : fc.oneof(given, { weight: 3, arbitrary: fc.constant(() => none) });
  if (!wild) return right;
  const missing = fc.constant((): Body => ({ ...none, verdict: required ? 'invalid' : 'valid' }));
  const mistyped = fc.tuple(given, strangeTypes).map(([body, type]): Late<Body> => (pool) => {
    const isKnown = type !== undefined && Object.hasOwn(content, type.split(';', 1)[0] ?? '');
    return { ...body(pool), type, verdict: isKnown ? 'either' : 'invalid' };
  });
  return fc.oneof(
    { weight: 20, arbitrary: right },
    { weight: 1, arbitrary: missing },
    { weight: 1, arbitrary: mistyped },
  );
}

/** Now and then a body where none is read. */
const unwanted: fc.Arbitrary<Late<Body>> = fc.oneof(
  { weight: 9, arbitrary: fc.constant(() => none) },
  fc.tuple(nastyText, strangeTypes).map(([text, type]) => (): Body => ({
    type,
    bytes: Buffer.from(text),
    verdict: 'either',
  })),
);

function jsonOf(document: Document, type: string, schema: Schema, wild: boolean): fc.Arbitrary<Late<Body>> {
  const distortions = wild ? fc.oneof({ weight: 9, arbitrary: intact }, distortion) : intact;
  return fc.tuple(valuesOf(document, schema, wild), distortions).map(([value, distort]) => (pool): Body => {
    const bytes = distort(JSON.stringify(value(pool)));
    return { type, bytes, verdict: verdictOf(document, schema, bytes) };
  });
}

type Distort = (json: string) => Buffer;
const intact = fc.constant<Distort>((json) => Buffer.from(json));

/** What happens to texts on their way: they break off, bytes change, numbers and keys are what no serializer writes. */
const distortion: fc.Arbitrary<Distort> = fc.oneof(
  fc.nat(200).map<Distort>((length) => (json) => Buffer.from(json.slice(0, length % json.length))),
  fc.nat(200).map<Distort>((at) => (json) => {
    const bytes = Buffer.from(json);
    bytes[at % bytes.length] = 0xff;
    return bytes;
  }),
  fc
    .constantFrom(
      '1e999',
      '-1e999',
      '-0',
      '1.0',
      '01',
      'NaN',
      '9007199254740993',
      '1E2',
      '0x10',
      `1${'0'.repeat(400)}`,
    )
    .map<Distort>((number) => (json) => Buffer.from(json.replace(/(?<=:)-?\d+(?=[,}])/, number))),
  fc
    .constantFrom('\ufeff', ' \n\t', '[', ',', '\0', '//\n')
    .map<Distort>((prefix) => (json) => Buffer.from(prefix + json)),
  fc
    .constantFrom('}', ',', ' \r\n', '\0', '{}')
    .map<Distort>((suffix) => (json) => Buffer.from(json + suffix)),
  fc
    .constantFrom(
      '"__proto__":{"a":1},',
      '"constructor":{"prototype":{}},',
      '"a":1,"a":2,',
      `"a":${'['.repeat(70)}${']'.repeat(70)},`,
    )
    .map<Distort>((member) => (json) => Buffer.from(json.replace(/^\{(?=")/, `{${member}`))),
);

function verdictOf(document: Document, schema: Schema, bytes: Buffer): Verdict {
  const text = bytes.toString();
  if (!isUtf8(bytes)) return 'invalid';
  // Readers may skip a byte order mark, and refuse keys that poison prototypes, depths that exhaust a stack, and halves
  // of surrogate pairs (RFC 8259, section 8.2).
  if (/^\ufeff|__proto__|constructor|\[{60}|\\ud[89a-f]/i.test(text)) return 'either';
  try {
    return document.judge(schema, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return 'invalid';
    throw error;
  }
}

/** Newline-delimited JSON: whatever the document has bodies of, and lines that are none. A bad line fails itself alone. */
function linesOf(document: Document, wild: boolean): fc.Arbitrary<Late<Body>> {
  const schemas = document.operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}));
  const line = fc.oneof(
    ...schemas.map(({ schema }) =>
      valuesOf(document, schema, wild).map(
        (value): Late<string> =>
          (pool) =>
            JSON.stringify(value(pool)),
      ),
    ),
    nastyText.map((text) => () => text),
  );
  return fc.array(line, { maxLength: 6 }).map((lines) => (pool): Body => ({
    type: 'application/x-ndjson',
    bytes: Buffer.from(lines.map((text) => text(pool)).join('\n')),
    verdict: 'valid',
  }));
}
