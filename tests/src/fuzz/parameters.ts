import * as fc from 'fast-check';
import type { Operation, Parameter, Verdict } from './document.ts';
import { type Late, nastyText, valuesOf } from './values.ts';

/** A documented parameter as it is sent. */
export interface Part {
  readonly parameter: Parameter;
  readonly text: string;
  readonly verdict: Verdict;
}

/** Optional parameters are there in two of five requests; headers, mostly conditions, in one. */
export function partOf(
  operation: Operation,
  parameter: Parameter,
  wild: boolean,
): fc.Arbitrary<Late<Part | undefined>> {
  const { name, required = false, schema } = parameter;
  const values = valuesOf(operation.document, schema, wild, name).map(
    (value): Late<Part> =>
      (pool) =>
        written(operation, parameter, value(pool)),
  );
  const garbage = fc
    .constantFrom('%zz', '%', '%00', '%c0%ae', '%2F', '%ed%a0%80', '+', '%252e')
    .map((text): Late<Part> => () => {
      return { parameter, text, verdict: verdictOfText(operation, parameter, decoded(text)) };
    });
  const texts =
    wild && parameter.in !== 'header' ? fc.oneof({ weight: 15, arbitrary: values }, garbage) : values;
  return required
    ? texts
    : fc.oneof(
        { weight: parameter.in === 'header' ? 1 : 2, arbitrary: texts },
        { weight: parameter.in === 'header' ? 4 : 3, arbitrary: fc.constant(() => undefined) },
      );
}

function written(operation: Operation, parameter: Parameter, value: unknown): Part {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
  const isHeader = parameter.in === 'header';
  const read = isHeader ? text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').trim() : text;
  const sent = isHeader ? read : encodeURIComponent(read);
  return { parameter, text: sent, verdict: verdictOfText(operation, parameter, read) };
}

function verdictOfText(
  { document }: Operation,
  { in: place, schema }: Parameter,
  text: string | undefined,
): Verdict {
  if (text === undefined) return place === 'path' ? 'invalid' : 'either';
  // Another route may be at the path without this part; what an empty query is worth, and `+`, is for the reader to say.
  if ((text === '' && place !== 'header') || text.includes('+')) return 'either';
  const { type } = schema['$ref'] === undefined ? schema : document.resolve(schema);
  if (type === 'string') return document.judge(schema, text);
  // 1e2, 1.0 and the like: JSON Schema calls them integers, readers of queries need not.
  if (/^-?\d{1,15}$/.test(text)) return document.judge(schema, Number(text));
  return /^[A-Za-z]{2}/.test(text) && type === 'integer' ? 'invalid' : 'either';
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Queries that no document asks for, or repeats of those that one does. */
export const extraQuery = fc.oneof(
  { weight: 9, arbitrary: fc.constant('') },
  fc.constantFrom('&&', '=', '%zz', '%zz=%zz', '__proto__=1', 'a[]=1', 'ids[]=a', 'cursor=', 'x=%00'),
  fc.constantFrom('limit', 'limit=1&limit=2', 'ids=a&ids=b', 'mine=true&mine=true'),
  nastyText.map((text) => encodeURIComponent(text.toWellFormed())),
);

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Headers that any request may have. */
export const extraHeaders = fc.oneof(
  { weight: 9, arbitrary: fc.constant({}) },
  fc.record(
    {
      'x-request-id': fc.constantFrom('mine', 'a b', 'x'.repeat(129), '\u00e9', ''),
      traceparent: fc.constantFrom(traceparent, '00-0-0-0', 'ff-', ''),
      accept: fc.constantFrom('text/html', '*/*', 'application/xml;q=0', ';;'),
      'accept-encoding': fc.constantFrom('gzip', 'identity;q=0', '*'),
      'idempotency-key': fc.constantFrom('k', 'x'.repeat(300), '"', '\u00ff', ''),
      'if-match': fc.constantFrom('*', '"1"', '1', ''),
      'if-modified-since': fc.constantFrom('Sat, 29 Oct 1994 19:43:31 GMT', 'yesterday'),
      range: fc.constantFrom('bytes=0-1', 'bytes=-'),
    },
    { requiredKeys: [] },
  ),
) as fc.Arbitrary<Record<string, string>>;
