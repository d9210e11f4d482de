import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { type DocumentedOperation, type Parameter, requiresScope } from '../support/openapi.ts';
import { drawNegotiation, drawPreflight, drawUndocumented } from './headers.ts';
import { drawLines, NDJSON } from './lines.ts';
import { randomToken, type Tokens } from './tokens.ts';
import { drawJson, drawValue, isAmbiguous, isOdd, oneIn, type Source, type Verdict } from './values.ts';

/** Request of an operation. */
export interface Request {
  readonly operation: DocumentedOperation;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Verdict on the request without its token. */
  readonly verdict: Verdict;
  readonly tokenVerdict: Verdict;
}

const wrongTypes = [undefined, '', ';', '*/*', 'text/plain', NDJSON, 'application/json; charset=utf-16'];
const encodings = ['%zz', '%', '%00', '%c0%ae', '%2F', '%ed%a0%80', '+', '%252e'];
/** Node.js limits the request line and headers to 16 KiB. */
const SAFE_LENGTH = 8_000;

const texts = ['', 'k', 'a b', 'x'.repeat(300), '\u00e9', '"1"', '*', 'gzip', ';;'];
const names = ['__proto__', 'a[]', 'limit', 'ids', 'mine', 'cursor', 'from', 'stock', 'access_token'];
const undocumented: readonly Parameter[] = names.map((name) => ({
  name,
  in: 'query',
  schema: { enum: texts },
}));

/** Weight of an operation: fewer requests without input, and more with long paths, which succeed rarely. */
export function weightOf({ method, path, responses, parameters = [], requestBody }: DocumentedOperation) {
  if ('202' in responses) return 3;
  const inputs =
    parameters.filter(({ in: location }) => location !== 'header').length + (requestBody ? 1 : 0);
  if (inputs === 0) return method === 'GET' ? 2 : 10;
  return ({ GET: 25, DELETE: 15 }[method] ?? 40) * Math.max(1, path.split('/').length - 2);
}

/** Draws a request of an operation. */
export function drawRequest(source: Source, operation: DocumentedOperation, tokens: Tokens): Request {
  const { path, parameters = [] } = operation;
  const parts = [
    ...undocumented
      .filter(() => isOdd(source, 60))
      .map((parameter) => ({ ...drawParameter(source, parameter), verdict: 'either' as const })),
    ...parameters
      .filter(({ required, in: location }) => required || oneIn(source, location === 'header' ? 5 : 2))
      .flatMap((parameter) => drawParameters(source, parameter)),
  ];
  const strangeHeaders = drawUndocumented(source);
  const pairsIn = (location: Parameter['in']) =>
    parts.filter((part) => part.in === location).map(({ name, text }) => [name, text] as const);
  const body = drawBody(source, operation);
  const token = drawToken(source, operation, tokens);
  const pathTexts = Object.fromEntries(pairsIn('path'));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathTexts[name] ?? '');
  const query = pairsIn('query').map((pair) => pair.join('='));
  const target = query.length === 0 ? filled : `${filled}?${query.join('&')}`;
  const verdicts: Verdict[] = [body.verdict, ...parts.map(({ verdict }) => verdict)];
  if (target.length > SAFE_LENGTH || Object.keys(strangeHeaders).length > 0) verdicts.push('either');
  const request: Request = {
    operation,
    method: operation.method,
    target,
    headers: {
      ...drawNegotiation(source),
      ...strangeHeaders,
      ...(body.type !== undefined && { 'content-type': body.type }),
      ...Object.fromEntries(pairsIn('header')),
      ...(token.header !== undefined && { authorization: token.header }),
    },
    body: isCompressed(source, strangeHeaders) ? body.bytes && gzipSync(body.bytes) : body.bytes,
    verdict: (['invalid', 'either'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'valid',
    tokenVerdict: token.verdict,
  };
  if (isOdd(source, 60)) return toPreflight(source, request);
  if (!isOdd(source, 60)) return request;
  const methods = source.api.operations.filter((other) => other.path === path).map(({ method }) => method);
  const method =
    ['PATCH', 'PUT', 'POST', 'DELETE', 'TRACE'].find((name) => !methods.includes(name)) ?? 'PURGE';
  // An id such as `snapshots` makes the path of another operation, which may have the method.
  const isOtherPath = source.api.operations.some((other) => other.path !== path && other.path === filled);
  return { ...request, method, verdict: isOtherPath ? 'either' : 'invalid' };
}

/** The request by which a browser would announce it; whether it is allowed depends on the configuration. */
function toPreflight(source: Source, request: Request): Request {
  const headers = drawPreflight(source, request.method);
  return {
    ...request,
    method: 'OPTIONS',
    headers,
    body: undefined,
    verdict: 'either',
    tokenVerdict: 'either',
  };
}

/** Whether the body has the coding that a header claims. */
function isCompressed(source: Source, headers: Request['headers']): boolean {
  return headers['content-encoding'] === 'gzip' && oneIn(source, 2);
}

/** Draws a parameter; wild ones are sometimes in the query twice. */
function drawParameters(source: Source, parameter: Parameter) {
  const drawn = drawParameter(source, parameter);
  if (parameter.in !== 'query' || !isOdd(source, 40)) return [drawn];
  return [
    { ...drawn, verdict: 'either' as const },
    { ...drawParameter(source, parameter), verdict: 'either' as const },
  ];
}

function drawParameter(source: Source, parameter: Parameter): Parameter & { text: string; verdict: Verdict } {
  const { name, in: location, schema } = parameter;
  const isHeader = location === 'header';
  if (!isHeader && isOdd(source, 16))
    return { ...parameter, text: source.draw(fc.constantFrom(...encodings)), verdict: 'either' };
  if (parameter.allowEmptyValue && oneIn(source, 10)) return { ...parameter, text: '', verdict: 'valid' };
  const value = drawValue(source, schema, name);
  const drawn = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
  const text = isHeader ? drawn.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').trim() : drawn;
  // Readers differ about empty parts of paths and queries, surrogates, `+`, and numbers such as 1e2 and 1.0.
  const isClear =
    (isHeader || !(/^$|[+\ud800-\udfff]/.test(text) || isAmbiguous(text))) &&
    (schema.type === 'string' || /^-?\d{1,15}$/.test(text));
  const isValid = source.validate(schema)(schema.type === 'string' ? text : Number(text));
  const verdict = isClear ? (isValid ? 'valid' : 'invalid') : 'either';
  return { ...parameter, text: isHeader ? text : encodeURIComponent(text), verdict };
}

/** Draws a body; wild ones have wrong types, are malformed, missing, or not documented. */
function drawBody(source: Source, { requestBody }: DocumentedOperation) {
  const { content = {}, required = false } = requestBody ?? {};
  const isPresent = required ? !isOdd(source, 22) : requestBody ? oneIn(source, 4) : isOdd(source, 10);
  if (!isPresent)
    return { type: undefined, bytes: undefined, verdict: required ? 'invalid' : 'valid' } as const;
  const [type, { schema }] = Object.entries(content)[0] ?? ['', { schema: {} }];
  const { bytes, verdict } = type === NDJSON ? drawLines(source) : drawJson(source, schema);
  if (requestBody && !isOdd(source, 22)) return { type, bytes, verdict };
  const wrongType = source.draw(fc.constantFrom(...wrongTypes));
  const isDocumented = Object.hasOwn(content, wrongType?.split(';', 1)[0] ?? '');
  return { type: wrongType, bytes, verdict: !requestBody || isDocumented ? 'either' : 'invalid' } as const;
}

/** Draws an authorization header; wild ones are sometimes missing, insufficient, forged, or of a strange shape. */
function drawToken(source: Source, operation: DocumentedOperation, { admin, user, odd, invalid }: Tokens) {
  const { security = [{}] } = operation;
  const isOpen = security.some((scheme) => Object.keys(scheme).length === 0);
  const { draw } = source;
  const choices: { header?: string; verdict: Verdict }[] = [
    { verdict: isOpen ? 'valid' : 'invalid' },
    { header: user, verdict: requiresScope(operation) ? 'invalid' : 'valid' },
    { header: admin, verdict: requiresScope(operation) ? 'valid' : 'either' },
    { header: draw(fc.constantFrom(...odd)), verdict: 'either' },
    { header: draw(fc.constantFrom(...invalid)), verdict: isOpen ? 'either' : 'invalid' },
    { header: draw(randomToken), verdict: isOpen ? 'either' : 'invalid' },
  ];
  const valid = choices.filter(({ verdict }) => verdict === 'valid');
  const known = valid.filter(({ header = '' }) => source.knownValues('authorization').includes(header));
  const usual = known.length > 0 ? known : valid;
  return draw(fc.constantFrom(...(isOdd(source, 6) ? choices : usual)));
}
