import * as fc from 'fast-check';
import { bodiesOf } from './body.ts';
import type { Operation, Parameter, Verdict } from './document.ts';
import { extraHeaders, extraQuery, type Part, partOf } from './parameters.ts';
import type { Pool } from './pool.ts';
import { authorizationsFor, type Tokens } from './tokens.ts';
import type { Late } from './values.ts';

/** A request that is ready to be sent. */
export interface Request {
  readonly operation: Operation;
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Of everything but the token. */
  readonly verdict: Verdict;
  /** Of the token. */
  readonly authorization: Verdict;
}

/** Node.js refuses 16 KiB of request line and headers. */
const SURE_LENGTH = 8_000;

/**
 * A few are enough of what goes on working after it answered 202, and of what takes no input: fewer new carts are
 * fuller ones. What is deep in the paths needs the most tries to find all its parts.
 */
function weightOf({ method, path, responses, parameters = [], requestBody }: Operation): number {
  if ('202' in responses) return 1;
  const inputs = parameters.filter(({ in: place }) => place !== 'header').length + (requestBody ? 1 : 0);
  if (inputs === 0) return method === 'GET' ? 2 : 10;
  const weight = { GET: 25, DELETE: 10 }[method] ?? 40;
  return weight * Math.max(1, path.split('/').length - 3);
}

/** Requests of all operations: half of them as documented, half of them wild. */
export function requestsOf(operations: readonly Operation[], tokens: Tokens): fc.Arbitrary<Late<Request>> {
  const alternatives = operations.map((operation) => {
    const tame = requestOf(operation, tokens, false);
    return { weight: weightOf(operation), arbitrary: fc.oneof(tame, requestOf(operation, tokens, true)) };
  });
  return fc.oneof(...alternatives);
}

function requestOf(operation: Operation, tokens: Tokens, wild: boolean): fc.Arbitrary<Late<Request>> {
  const { parameters = [] } = operation;
  const arbitrary = fc.record({
    parts: fc.tuple(...parameters.map((parameter) => partOf(operation, parameter, wild))),
    body: bodiesOf(operation, wild),
    authorization: authorizationsFor(operation, tokens, wild),
    query: wild ? extraQuery : fc.constant(''),
    extras: wild ? extraHeaders : fc.constant({}),
    isMethodAsIs: wild ? fc.nat(60).map((draw) => draw > 0) : fc.constant(true),
  });
  return arbitrary.map(({ parts, body, authorization, query, extras, isMethodAsIs }) => (pool): Request => {
    const sent = parts.map((part) => part(pool)).filter((part) => part !== undefined);
    const { type, bytes, verdict } = body(pool);
    const target = targetOf(operation, sent, query);
    const hasExtras = query !== '' || Object.keys(extras).length > 0 || target.length > SURE_LENGTH;
    const request = {
      operation,
      method: operation.method,
      target,
      headers: {
        ...extras,
        ...(type === undefined ? {} : { 'content-type': type }),
        ...Object.fromEntries(among(sent, 'header').map(({ parameter, text }) => [parameter.name, text])),
      },
      body: bytes,
      verdict: worst([verdict, ...sent.map((part) => part.verdict), hasExtras ? 'either' : 'valid']),
      authorization: authorization.verdict,
    };
    if (!isMethodAsIs) return { ...request, method: otherMethod(operation), verdict: 'invalid' };
    if (authorization.header === undefined) return request;
    return { ...request, headers: { ...request.headers, authorization: authorization.header } };
  });
}

function among(parts: readonly Part[], place: Parameter['in']): readonly Part[] {
  return parts.filter(({ parameter }) => parameter.in === place);
}

function targetOf({ path }: Operation, parts: readonly Part[], query: string): string {
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => among(parts, 'path').find(({ parameter }) => parameter.name === name)?.text ?? '',
  );
  const documented = among(parts, 'query').map(({ parameter, text }) => `${parameter.name}=${text}`);
  const queries = [...documented, query].filter((part) => part !== '');
  return queries.length === 0 ? filled : `${filled}?${queries.join('&')}`;
}

/** A method that the document does not have for the path. */
function otherMethod({ methods }: Operation): string {
  const others = ['PATCH', 'PUT', 'POST', 'DELETE', 'TRACE', 'PROPFIND'];
  return others.find((method) => !methods.includes(method)) ?? 'PURGE';
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid';
  return verdicts.includes('either') ? 'either' : 'valid';
}

/** Keeps what a later request may want to repeat, such as an idempotency key, and notes what a DELETE took away. */
export function learnSent(pool: Pool, { operation, headers, target }: Request): void {
  const name = /\{(\w+)\}$/.exec(operation.path)?.[1];
  const last = target.split('?', 1)[0]?.split('/').at(-1);
  if (operation.method === 'DELETE' && name !== undefined && last !== undefined)
    pool.demote(decodeURIComponent(last), name);
  for (const { name, in: place } of operation.parameters ?? [])
    if (place === 'header') pool.learn(headers[name], name);
}
