import * as fc from 'fast-check';
import { bodiesOf } from './body.ts';
import type { Operation, Parameter, Verdict } from './document.ts';
import type { Pool } from './pool.ts';
import { type Late, nastyText, valuesOf } from './values.ts';

/** A request that is ready to be sent. */
export interface Request {
  readonly operation: Operation;
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** What its documented parts ask for. */
  readonly verdict: Verdict;
  /** Whether its token is one that the operation takes; `either` for a bad one where none is asked for. */
  readonly authorization: Verdict;
}

/** Authorization headers. `scoped` has every scope that the documents name. */
export interface Tokens {
  readonly scoped: string;
  readonly users: readonly string[];
}

interface Part {
  readonly parameter: Parameter | undefined;
  readonly name: string;
  /** As it is sent. */
  readonly text: string;
  readonly verdict: Verdict;
}

/** Operations that answer 202 go on working after the answer: a few of them are enough. */
const weightOf = ({ method, responses }: Operation): number => {
  if ('202' in responses) return 1;
  return method === 'DELETE' ? 15 : method === 'GET' ? 25 : 40;
};

/** Requests of all operations: half of them as documented, half of them wild. */
export function requestsOf(operations: readonly Operation[], tokens: Tokens): fc.Arbitrary<Late<Request>> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: weightOf(operation),
      arbitrary: fc.oneof(requestOf(operation, tokens, false), requestOf(operation, tokens, true)),
    })),
  );
}

function requestOf(operation: Operation, tokens: Tokens, wild: boolean): fc.Arbitrary<Late<Request>> {
  const { parameters = [], path, methods } = operation;
  const parts = fc.tuple(...parameters.map((parameter) => partOf(operation, parameter, wild)));
  const body = bodiesOf(operation, wild);
  return fc
    .tuple(
      parts,
      body,
      authorizations(operation, tokens, wild),
      wild ? extraQuery : fc.constant(''),
      wild ? extraHeaders : fc.constant({}),
      wild ? fc.nat(60) : fc.constant(1),
    )
    .map(
      ([late, lateBody, { header, verdict: authorization }, query, extras, methodDraw]) =>
        (pool): Request => {
          const sent = late.map((part) => part(pool)).filter((part) => part !== undefined);
          const { type, bytes, verdict } = lateBody(pool);
          const among = (place: Parameter['in']) => sent.filter(({ parameter }) => parameter?.in === place);
          const queries = [
            ...among('query').map(({ name, text }) => `${name}=${text}`),
            ...(query === '' ? [] : [query]),
          ];
          const target = path.replaceAll(
            /\{(\w+)\}/g,
            (_, name) => among('path').find((part) => part.name === name)?.text ?? '',
          );
          const isRepeated = among('query').some(({ name }) => query.includes(name));
          const verdicts = [
            verdict,
            ...sent.map((part) => part.verdict),
            ...(isRepeated ? ['either' as const] : []),
          ];
          const other =
            methodDraw === 0 ? otherMethods.find((method) => !methods.includes(method)) : undefined;
          return {
            operation,
            method: other ?? operation.method,
            target: queries.length === 0 ? target : `${target}?${queries.join('&')}`,
            headers: {
              ...extras,
              ...(type === undefined ? {} : { 'content-type': type }),
              ...Object.fromEntries(among('header').map(({ name, text }) => [name, text])),
              ...(header === undefined || other !== undefined ? {} : { authorization: header }),
            },
            body: bytes,
            verdict: other === undefined ? worst(verdicts) : 'invalid',
            authorization,
          };
        },
    );
}

const otherMethods = ['PATCH', 'PUT', 'POST', 'DELETE', 'GET'];

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid';
  return verdicts.includes('either') ? 'either' : 'valid';
}

/** Optional parameters are there in two of five requests. */
function partOf(
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
      return { parameter, name, text, verdict: verdictOfText(operation, parameter, decoded(text)) };
    });
  const texts =
    wild && parameter.in !== 'header' ? fc.oneof({ weight: 15, arbitrary: values }, garbage) : values;
  return required
    ? texts
    : fc.oneof({ weight: 2, arbitrary: texts }, { weight: 3, arbitrary: fc.constant(() => undefined) });
}

function written(operation: Operation, parameter: Parameter, value: unknown): Part {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
  const { name } = parameter;
  if (parameter.in === 'header') {
    const plain = text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();
    return { parameter, name, text: plain, verdict: verdictOfText(operation, parameter, plain) };
  }
  return {
    parameter,
    name,
    text: encodeURIComponent(text),
    verdict: verdictOfText(operation, parameter, text),
  };
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

interface Authorization {
  readonly header: string | undefined;
  readonly verdict: Verdict;
}

function authorizations(
  { security = [] }: Operation,
  { scoped, users }: Tokens,
  wild: boolean,
): fc.Arbitrary<Authorization> {
  const isOpen = security.length === 0;
  const anonymous = fc.constant<Authorization>({ header: undefined, verdict: isOpen ? 'valid' : 'invalid' });
  const user = fc
    .constantFrom(...users)
    .map((header): Authorization => ({ header, verdict: isOpen ? 'valid' : 'invalid' }));
  const right = isOpen
    ? fc.oneof({ weight: 3, arbitrary: anonymous }, user)
    : fc.constant<Authorization>({ header: scoped, verdict: 'valid' });
  if (!wild) return right;
  const bad = [
    `${scoped}x`,
    scoped.slice(0, -9),
    scoped.replace('Bearer ', ''),
    'Bearer a.b.c',
    'Bearer',
    'Basic dTpw',
    '',
  ];
  const forged = fc
    .constantFrom(...bad)
    .map((header): Authorization => ({ header, verdict: isOpen ? 'either' : 'invalid' }));
  return fc.oneof({ weight: 20, arbitrary: right }, anonymous, user, forged);
}

const extraQuery = fc.oneof(
  { weight: 9, arbitrary: fc.constant('') },
  fc.constantFrom(
    '&&',
    '=',
    '%zz',
    '%zz=%zz',
    '__proto__=1',
    'a[]=1',
    'limit=1&limit=2',
    'limit',
    'ids[]=a',
    'cursor=',
    'x=%00',
  ),
  nastyText.map((text) => encodeURIComponent(text.toWellFormed())),
);

const extraHeaders = fc.oneof(
  { weight: 9, arbitrary: fc.constant({}) },
  fc.record(
    {
      'x-request-id': fc.constantFrom('mine', 'a b', 'x'.repeat(129), '\u00e9', ''),
      traceparent: fc.constantFrom(
        '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        '00-0-0-0',
        'ff-',
        '',
      ),
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

/** Keeps what a later request may want to repeat, such as an idempotency key. */
export function learnSent(pool: Pool, { operation, headers }: Request): void {
  for (const { name, in: place } of operation.parameters ?? [])
    if (place === 'header') pool.learn(headers[name], name);
}
