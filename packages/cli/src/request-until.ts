import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** What is asked of the API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** An answer of the API; the body of what is no JSON is empty. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** How long it asks to be left in peace, if it does. */
  readonly retryAfterMs?: number;
}

/** What came of one request. */
export type Sent = { readonly answer: Answer } | { readonly reason: string; readonly cause: unknown };

/** The answer that was expected, or why it did not come, and whether the call may have been carried out all the same. */
export type Outcome =
  | { readonly answer: Answer }
  | { readonly reason: string; readonly cause?: unknown; readonly mayBeDone: boolean };

export interface InsistOptions {
  readonly token?: string | undefined;
  readonly deadlineMs: number;
  /** Ends the waiting. What changes something is not torn from its answer: nobody would know what came of it. */
  readonly signal?: AbortSignal | undefined;
}

/** Of a request: what hangs for longer is asked again. */
const PATIENCE_MS = 5_000;
/** An effect that takes milliseconds is measured in them, and one that takes seconds stays below any limit of requests. */
const FIRST_PAUSE_MS = 5;
const PAUSE_GROWTH = 1.25;
const LONGEST_PAUSE_MS = 250;
/** No waiting changes these. */
const FINAL = new Set([400, 401, 403, 405, 413, 415, 422]);
/** Nobody knows what has been done. */
const UNCERTAIN = new Set([502, 503, 504]);

/**
 * Repeats a call until its answer is as expected: events take their time. What fails in transit is repeated as well; a POST
 * keeps its Idempotency-Key until it is answered, and what such an attempt has deleted may be gone. `Retry-After` is
 * honoured. Rejects only when the signal aborts.
 */
export async function requestUntil(
  url: string,
  call: Call,
  isExpected: (answer: Answer) => boolean,
  { token, deadlineMs, signal }: InsistOptions,
): Promise<Outcome> {
  const end = performance.now() + deadlineMs;
  let key = randomUUID();
  let mayBeDone = false;
  for (let growingMs = FIRST_PAUSE_MS; ; growingMs = Math.min(growingMs * PAUSE_GROWTH, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    const limits = [
      AbortSignal.timeout(Math.ceil(Math.min(PATIENCE_MS, Math.max(1, end - performance.now())))),
    ];
    if (signal && call.method === 'GET') limits.push(signal);
    const sent = await send(url, call, { token, key, signal: AbortSignal.any(limits) });

    let pauseMs = growingMs;
    if ('answer' in sent) {
      const { status, retryAfterMs = 0 } = sent.answer;
      const isGone = call.method === 'DELETE' && status === 404 && mayBeDone;
      if (isExpected(sent.answer) || isGone) return sent;
      if (FINAL.has(status)) return { reason: describe(sent.answer), mayBeDone };
      pauseMs = Math.max(growingMs, retryAfterMs);
      mayBeDone ||= UNCERTAIN.has(status);
      // Whatever was refused with this key may be refused with it for ever.
      if (!UNCERTAIN.has(status) && status !== 429) key = randomUUID();
    } else {
      mayBeDone = true;
    }
    if (performance.now() + pauseMs > end) {
      return 'answer' in sent ? { reason: describe(sent.answer), mayBeDone } : { ...sent, mayBeDone };
    }
    await delay(pauseMs, undefined, signal ? { signal } : {});
  }
}

/** One request. Never rejects. A redirection is an answer: followed, a POST would become a GET without a token. */
export async function send(
  url: string,
  { method, path, body }: Call,
  { token, key, signal }: { token?: string | undefined; key?: string; signal: AbortSignal },
): Promise<Sent> {
  try {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(method === 'POST' && key !== undefined ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal,
    });
    const text = await response.text();
    const location = response.headers.get('location');
    const parsed = location === null ? parseObject(text) : { location, ...parseObject(text) };
    return { answer: { status: response.status, body: parsed, ...retryAfter(response.headers) } };
  } catch (cause) {
    return { reason: `${url} does not answer: ${whyUnanswered(cause)}`, cause };
  }
}

/** An answer in a few words: its problem's, or else its body. */
export function describe({ status, body }: Answer): string {
  const said = body['detail'] ?? body['title'] ?? body;
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return text === '{}' ? `it answers ${status}` : `it answers ${status}: ${text}`;
}

function whyUnanswered(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}

function retryAfter(headers: Headers): Pick<Answer, 'retryAfterMs'> {
  const text = headers.get('retry-after');
  if (text === null) return {};
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

function parseObject(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer['body']) : {};
  } catch {
    return {};
  }
}
