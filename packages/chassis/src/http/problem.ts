import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';
import { currentTraceparent } from '../trace.ts';

/** Body of every error response (RFC 9457). The details of a DomainError are additional members. */
export const Problem = z
  .looseObject({
    type: z.string().describe('urn:tandem:problem: followed by the code of the problem; codes are stable'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe(
        'Faults of the input: JSON pointer into the body, ?name of a query, {name} of a path, name: of a header',
      ),
  })
  .meta({ id: 'Problem' });

const statusByKind: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  preconditionFailed: 412,
  unprocessable: 422,
  rateLimited: 429,
  unavailable: 503,
};

/** Problems for framework errors whose code is more specific than their status. */
const frameworkProblems: Record<string, readonly [code: string, detail: string]> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json', 'The body is not valid JSON in UTF-8. Correct it.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['empty-body', 'The body is empty. Send JSON.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'The body is too large. Send a smaller one.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported-media-type',
    'The Content-Type of the body is not supported. Send one that the documentation of this route names.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'malformed-request',
    'The body does not have the length of its Content-Length. Correct the header.',
  ],
  FST_ERR_BAD_URL: ['malformed-url', 'The path is not percent-encoded correctly. Encode it as UTF-8.'],
  FST_ERR_MAX_PARAM_LENGTH: ['url-too-long', 'A segment of the path is too long. Shorten it.'],
};

/** Problems for requests that the HTTP parser rejects. */
const parserProblems: Record<string, readonly [status: number, detail: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time. Retry it.'],
  HPE_HEADER_OVERFLOW: [431, 'The request line and headers are too large. Send fewer or smaller headers.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large. Send none.'],
};

interface ErrorResponse {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

function responseTo(error: unknown): ErrorResponse {
  if (error instanceof DomainError) {
    const { kind, code, message: detail, details } = error;
    return { status: statusByKind[kind], code, detail, details };
  }
  const { statusCode: status = 500, code = '' } = error as { statusCode?: number; code?: string };
  if (code === 'ECONNRESET')
    return {
      status: 400,
      code: 'aborted',
      detail: 'The connection was closed before the end of the request.',
    };
  if (!(status >= 400 && status < 500) && status !== 503) {
    return {
      status: 500,
      code: 'internal',
      detail: 'An internal error occurred. Report the requestId if it persists.',
    };
  }
  const problem = frameworkProblems[code];
  return problem ? { status, code: problem[0], detail: problem[1] } : { status, ...problemOfStatus(status) };
}

function problemOfStatus(status: number): { code: string; detail: string } {
  const name = STATUS_CODES[status] ?? 'Error';
  return { code: name.toLowerCase().replaceAll(/[^a-z]+/g, '-'), detail: name };
}

function problemBody({ status, code, detail, details }: ErrorResponse, requestId: string): string {
  const title = (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('-', ' ');
  const problem = { type: `urn:tandem:problem:${code}`, title, status, detail, requestId };
  return JSON.stringify({ ...problem, ...details, ...problem });
}

/** Responds to an error with a problem. An internal error is logged with its stack, and the response does not reveal it. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const response = responseTo(error);
  if (response.status === 500) request.log.error({ err: error, requestId: request.id }, 'request failed');
  if (response.status === 503 && error instanceof Error && error.cause)
    request.log.warn({ err: error, requestId: request.id }, error.message);
  if (response.status === 401) reply.header('www-authenticate', challenge(response.code));
  if ((response.status === 503 || response.status === 429) && !reply.hasHeader('retry-after')) {
    const { retryAfterSeconds } = response.details ?? {};
    reply.header('retry-after', typeof retryAfterSeconds === 'number' ? Math.ceil(retryAfterSeconds) : 1);
  }
  reply
    .code(response.status)
    .header('content-type', 'application/problem+json')
    .header('x-request-id', request.id)
    .header('traceparent', currentTraceparent())
    // As bytes: the framework adds a charset to strings of any JSON type, but application/problem+json has none.
    .send(Buffer.from(problemBody(response, request.id)));
}

function challenge(code: string): string {
  return code === 'invalid-token' ? 'Bearer error="invalid_token"' : 'Bearer';
}

/** Responds to a request that the HTTP parser rejected, and closes the connection. */
export function respondToParserError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] = parserProblems[error.code ?? ''] ?? [
    400,
    'The request is not well-formed HTTP. Correct it.',
  ];
  const { headers, body } = bareProblem(status, detail);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
  socket.destroySoon();
}

/** Responds 417 to a request whose `Expect` header is not `100-continue`. */
export function respondToUnknownExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const { headers, body } = bareProblem(417, 'Only 100-continue is supported in Expect. Omit the header.');
  response.writeHead(417, headers).end(body);
}

function bareProblem(status: number, detail: string): { headers: Record<string, string>; body: string } {
  const requestId = randomUUID();
  const body = problemBody({ status, code: problemOfStatus(status).code, detail }, requestId);
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
  };
  return { headers, body };
}
