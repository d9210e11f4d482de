import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';
import { showable } from '../printable.ts';
import { currentTraceparent } from '../trace.ts';
import { NO_STORE, protect, protectionHeaders } from './response-headers.ts';

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
  .meta({
    id: 'Problem',
    examples: [
      {
        type: 'urn:tandem:problem:invalid-input',
        title: 'Bad Request',
        status: 400,
        detail: 'The body is not valid: price must be a whole number. Correct it.',
        requestId: '6f1d2c1e-6f0a-4a51-9f0c-0c8d3a0f6a55',
        errors: [{ pointer: '/price', detail: 'must be a whole number' }],
      },
    ],
  });

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
    'The Content-Type of the body is not supported. Send one that /openapi.json lists for this path.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'malformed-request',
    'The body does not have the length of its Content-Length. Correct the header.',
  ],
  FST_ERR_BAD_URL: ['malformed-url', 'The path is not percent-encoded correctly. Encode it as UTF-8.'],
  FST_ERR_MAX_PARAM_LENGTH: ['url-too-long', 'A segment of the path is too long. Shorten it.'],
};

/** A violation of HTTP, which no domain knows; its message says what to do. */
export class ProtocolError extends Error {
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

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
  if (error instanceof ProtocolError)
    return { status: error.statusCode, code: error.code, detail: error.message };
  const { statusCode: status = 500, code = '' } = error as { statusCode?: number; code?: string };
  if (code === 'ECONNRESET')
    return {
      status: 400,
      code: 'aborted',
      detail: 'The connection was closed before the end of the request. Send it again.',
    };
  if (!(status >= 400 && status < 500) && status !== 503) {
    return {
      status: 500,
      code: 'internal',
      detail: 'An internal error occurred. Report the requestId if it persists.',
    };
  }
  const problem = frameworkProblems[code];
  if (problem) return { status, code: problem[0], detail: problem[1] };
  const detail =
    status === 503
      ? 'The service is not available. Retry after a moment.'
      : 'The request cannot be handled as it is. Compare it with /openapi.json.';
  return { status, code: codeOfStatus(status), detail };
}

function codeOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').toLowerCase().replaceAll(/[^a-z]+/g, '-');
}

function problemBody({ status, code, detail, details }: ErrorResponse, requestId: string): string {
  const title = (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('-', ' ');
  // A detail may quote the request or a product's name, and is shown to people. Terminals and logs escape more.
  const text = showable(detail);
  const problem = { type: `urn:tandem:problem:${code}`, title, status, detail: text, requestId };
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
    const seconds = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : 1;
    // An earlier retry would exceed the rate limit.
    reply.header('retry-after', Math.ceil(Math.max(seconds, request.debtSeconds ?? 0)));
  }
  protect(request, reply, NO_STORE);
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

/**
 * Headers and body of a problem outside of the app's handling of a request; its code is by default that of its status.
 * `isSecure`: the client connected over TLS.
 */
export function bareProblem(
  { status, code = codeOfStatus(status), detail }: Omit<ErrorResponse, 'code'> & { code?: string },
  { requestId = randomUUID(), isSecure = false }: { requestId?: string; isSecure?: boolean } = {},
): { headers: Record<string, string>; body: string } {
  const body = problemBody({ status, code, detail }, requestId);
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    ...protectionHeaders(NO_STORE, { isSecure }),
    connection: 'close',
  };
  return { headers, body };
}
