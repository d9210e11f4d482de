import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';

/** Request to the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** Response of the API; the body is empty if it is not a JSON object. */
export interface ApiResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Delay that `Retry-After` requests. */
  readonly retryAfterMs?: number;
}

/** Result of one request: a response, or the reason why there is none. */
export type RequestResult =
  | { readonly response: ApiResponse }
  | { readonly reason: string; readonly cause: unknown };

/** The expected response, or the reason why there was none; `mayBeDone` if the request may still have had its effect. */
export type RequestOutcome =
  | { readonly response: ApiResponse }
  | { readonly reason: string; readonly cause?: unknown; readonly mayBeDone: boolean };

export interface RequestUntilOptions {
  readonly token?: string | undefined;
  /** Additional headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly deadlineMs: number;
  /** Stops the retries. A write in flight is not aborted, as its effect would be unknown. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the result of each attempt. If it throws, there are no further ones. */
  readonly onAttempt?: (result: RequestResult) => void;
}

/** Timeout of one attempt. */
const ATTEMPT_TIMEOUT_MS = 5_000;
/** Backoff: short enough to measure an effect of milliseconds, and growing so that a slow one causes few requests. */
const FIRST_PAUSE_MS = 3;
const PAUSE_GROWTH = 1.25;
const LONGEST_PAUSE_MS = 250;
/** Statuses that a retry cannot change. */
const FINAL = new Set([400, 401, 403, 405, 413, 415, 422]);
/** Statuses after which the effect of the request is unknown. */
const UNCERTAIN = new Set([500, 502, 503, 504]);

/**
 * Repeats a request with backoff until the response is as expected, such as after the propagation delay of events. Network
 * errors are retried too: a POST keeps its Idempotency-Key until it gets a response, and a 404 for a retried DELETE counts
 * as success. `Retry-After` is honoured. Rejects only when the signal aborts or `onAttempt` throws.
 */
export async function requestUntil(
  url: string,
  request: ApiRequest,
  isExpected: (response: ApiResponse) => boolean,
  { token, headers, deadlineMs, signal, onAttempt }: RequestUntilOptions,
): Promise<RequestOutcome> {
  const end = performance.now() + deadlineMs;
  let key = randomUUID();
  let mayBeDone = false;
  for (let growingMs = FIRST_PAUSE_MS; ; growingMs = Math.min(growingMs * PAUSE_GROWTH, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    const limits = [
      AbortSignal.timeout(Math.ceil(Math.min(ATTEMPT_TIMEOUT_MS, Math.max(1, end - performance.now())))),
    ];
    if (signal && request.method === 'GET') limits.push(signal);
    const result = await send(url, request, { token, key, headers, signal: AbortSignal.any(limits) });
    onAttempt?.(result);

    let pauseMs = growingMs;
    if ('response' in result) {
      const { status, retryAfterMs = 0 } = result.response;
      const isGone = request.method === 'DELETE' && status === 404 && mayBeDone;
      if (isExpected(result.response) || isGone) return result;
      if (FINAL.has(status)) return { reason: describe(result.response), mayBeDone };
      pauseMs = Math.max(growingMs, retryAfterMs);
      mayBeDone ||= UNCERTAIN.has(status);
      // A rejection may be stored under the key, and be replayed for ever.
      if (!UNCERTAIN.has(status) && status !== 429) key = randomUUID();
    } else {
      mayBeDone = true;
    }
    if (performance.now() + pauseMs > end) {
      return 'response' in result
        ? { reason: describe(result.response), mayBeDone }
        : { ...result, mayBeDone };
    }
    await delay(pauseMs, undefined, signal ? { signal } : {});
  }
}

/** Sends one request. Never rejects. Redirections are not followed: a POST would become a GET without a token. */
export async function send(
  url: string,
  { method, path, body }: ApiRequest,
  {
    token,
    key,
    headers,
    signal,
  }: Pick<RequestUntilOptions, 'token' | 'headers'> & { key?: string; signal: AbortSignal },
): Promise<RequestResult> {
  try {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(method === 'POST' && key !== undefined ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal,
    });
    return { response: await readResponse(response) };
  } catch (cause) {
    return { reason: `${url} does not respond: ${failureOf(cause)}`, cause };
  }
}

/** Reads a response to its end. A `Location` becomes a field of the body. */
export async function readResponse(response: Response): Promise<ApiResponse> {
  const location = response.headers.get('location');
  const parsed = parseObject(await response.text());
  const body = location === null ? parsed : { location, ...parsed };
  return { status: response.status, body, ...retryAfter(response.headers) };
}

/** A response in a few words: its status, and its problem's detail or its body. */
export function describe(response: ApiResponse): string {
  return `it responded ${statusAndDetail(response)}`;
}

/** Error for a request without a response, with a text for the user. */
export function unreachable(url: string, error: unknown): DomainError {
  const failure = failureOf(error);
  const message = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(failure)
    ? `no system is running at ${url} – start it with npm start`
    : `the connection to ${url} failed: ${failure}`;
  return new DomainError('unavailable', 'unreachable', message, { cause: error });
}

/** Error for a response with an unexpected status, with a text for the user. */
export function rejectedResponse(url: string, response: ApiResponse): DomainError {
  const message =
    response.status === 401 || response.status === 403
      ? `the system at ${url} does not accept the token (${statusAndDetail(response)})`
      : `the system at ${url} responded ${statusAndDetail(response)}`;
  return new DomainError('unavailable', 'refused', message);
}

function statusAndDetail({ status, body }: ApiResponse): string {
  const content = body['detail'] ?? body['title'] ?? body;
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return text === '{}' ? String(status) : `${status}: ${text}`;
}

/** Code of a failed connection, or else its message. */
function failureOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}

function retryAfter(headers: Headers): Pick<ApiResponse, 'retryAfterMs'> {
  const text = headers.get('retry-after');
  if (text === null) return {};
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

function parseObject(text: string): ApiResponse['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ApiResponse['body']) : {};
  } catch {
    return {};
  }
}
