import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from './requests.ts';
import type { Source } from './values.ts';

/** Received response. */
export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Statuses of any route before its handler: token, path and size of the request. */
const GENERAL = [400, 401, 404, 405, 413, 414, 415, 417, 431];
/** Statuses of malformed requests. */
const MALFORMED = [401, 403, 405, 413, 414, 415, 431];
/** Statuses of methods and versions that the server does not implement (RFC 9110, section 15.6). */
const NOT_IMPLEMENTED = [501, 505];

/** Catalog reads are public for a moment; problems and health are not kept; everything else is for its client alone. */
function isCachedRightly({ path, security }: Request['operation'], status: number, control = ''): boolean {
  if (status >= 400 || security === undefined) return /\bno-store\b/.test(control);
  const isPublic = security.some((scheme) => Object.keys(scheme).length === 0);
  return path.startsWith('/products') && isPublic
    ? /\bmax-age=\d{1,2}\b/.test(control)
    : control === 'private, no-store';
}

/** A strong tag of a compressed response names the coding (RFC 9110, section 8.8.3.3). */
function hasTagOfOtherCoding({ etag, 'content-encoding': coding }: Response['headers']): boolean {
  return (
    etag !== undefined && coding !== undefined && !etag.startsWith('W/') && !etag.endsWith(`-${coding}"`)
  );
}

/** Texts of a problem that a shop may show. */
function textsOf({ title, detail, errors = [] }: Record<string, unknown>): unknown[] {
  return [title, detail, ...(errors as { detail: unknown }[]).map((error) => error.detail)];
}

/** Whether a text is a line for people: no controls and nothing that reorders it, nothing of a stack trace. */
function isPlain(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    text.length <= 2_000 &&
    !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|undefined|\bexpected (?:string|number|object|array)|received|\[object|\bat .+:\d+:\d+|Error: |SQLITE/iu.test(
      text,
    )
  );
}

/** Violations by a response: of its document, HTTP, RFC 9457, and the verdict on its request. No client can cause a 5xx. */
export function violationsOf(request: Request, response: Response, validate: Source['validate']): string[] {
  const { operation, method, verdict, tokenVerdict } = request;
  const { status, headers, text } = response;
  const isDocumentedMethod = method === operation.method;
  const documented = operation.responses[status] ?? operation.responses['default'];
  const type = headers['content-type']?.split(';', 1)[0]?.trim() ?? '';
  const { schema } = documented?.content?.[type] ?? {};
  const body = (type.endsWith('json') ? JSON.parse(text) : text) as Record<string, unknown>;
  const errors = isDocumentedMethod && schema && !validate(schema)(body) ? validate(schema).errors : [];
  const isRejected = status >= 400;
  const isMalformed = MALFORMED.includes(status) || /:(invalid-input|malformed)/.test(String(body['type']));
  const isValid = verdict === 'valid' && tokenVerdict === 'valid';
  const requiredHeaders = [
    'x-request-id',
    'cache-control',
    // A request that is rejected by its head alone has no trace.
    ...([414, 431, ...NOT_IMPLEMENTED].includes(status) ? [] : ['traceparent']),
    ...({ 401: ['www-authenticate'], 405: ['allow'], 429: ['retry-after'] }[status] ?? []),
    ...(method === 'POST' && status === 201 ? ['location'] : []),
    ...Object.entries((isDocumentedMethod && documented?.headers) || {}).flatMap(
      ([name, { required = true }]) => (required ? [name.toLowerCase()] : []),
    ),
  ];
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const violations = {
    [`status ${status}`]: status >= 500 && !NOT_IMPLEMENTED.includes(status),
    'an invalid request is accepted': !isRejected && verdict === 'invalid',
    'a request without the required token is accepted': !isRejected && tokenVerdict === 'invalid',
    'a valid request is rejected as malformed': isRejected && isValid && isMalformed,
    'the status is not documented': isDocumentedMethod && !documented && !GENERAL.includes(status),
    'a body is not documented': isDocumentedMethod && documented && !documented.content && text !== '',
    'the content type is not documented': isDocumentedMethod && documented?.content && !schema,
    'an error is not a problem': isRejected && headers['content-type'] !== 'application/problem+json',
    'status of the problem': isRejected && body['status'] !== status,
    'requestId of the problem': isRejected && body['requestId'] !== headers['x-request-id'],
    'type of the problem': isRejected && !/^urn:tandem:problem:[a-z-]+$/.test(String(body['type'])),
    'title of the problem': isRejected && !isText(body['title']),
    'detail of the problem': isRejected && !isText(body['detail']),
    'errors of the problem':
      String(body['type']).endsWith(':invalid-input') && !Array.isArray(body['errors']),
    'a text of the problem is not plain': isRejected && !textsOf(body).every(isPlain),
    'another origin may read the response': headers['access-control-allow-origin'] !== undefined,
    'a browser may guess the content type': headers['x-content-type-options'] !== 'nosniff',
    'Cache-Control': !isCachedRightly(operation, status, headers['cache-control']),
    'the tag is that of another coding': hasTagOfOtherCoding(headers),
  };
  return [
    ...Object.entries(violations).flatMap(([name, isViolated]) => (isViolated ? [name] : [])),
    ...requiredHeaders.filter((name) => headers[name] === undefined).map((name) => `missing header ${name}`),
    ...(errors ?? []).map((error) => `invalid body: ${JSON.stringify(error)}`),
  ];
}
