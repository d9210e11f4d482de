import { OWN_READ } from '../server/protocol.ts';
import { keepBody } from './sent-bodies.ts';

/** Error response: an RFC 9457 problem, or no response at all (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  /** Stable problem code: the last part of its type, such as `insufficient-stock`. */
  readonly code: string;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body['detail'] === 'string' ? body['detail'] : `The request failed with status ${status}.`);
    this.status = status;
    const { type } = body;
    this.code = typeof type === 'string' ? (type.split(':').at(-1) ?? '') : '';
    this.body = body;
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly token?: string | undefined;
  /** Idempotency key, which makes a POST safe to retry. */
  readonly idempotencyKey?: string;
  /** ETag for a conditional write: rejected with 412 if the state has changed. */
  readonly ifMatch?: string | undefined;
  /** Media type of the response. Default: any, which is JSON. */
  readonly accept?: string;
  /** Whether the page reads for itself, such as what an event has changed: not counted as traffic, nor shown as a step. */
  readonly isOwnRead?: boolean;
}

export interface ApiResponse<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Sends a request to the gateway that serves the page. Rejects with a {@link Problem}. */
export async function request<T>(path: string, options?: RequestOptions): Promise<ApiResponse<T>> {
  const response = await send(path, options);
  return { body: (await readJson(response)) as T, headers: response.headers };
}

/** Fetches a file of a media type (`text/csv`) that the API offers beside JSON. Rejects with a {@link Problem}. */
export async function fetchFile(path: string, mediaType: string, token: string | undefined): Promise<Blob> {
  return (await send(path, { token, accept: mediaType })).blob();
}

async function send(
  path: string,
  { method = 'GET', body, token, idempotencyKey, ifMatch, accept, isOwnRead = false }: RequestOptions = {},
): Promise<Response> {
  const headers = new Headers();
  if (accept !== undefined) headers.set('accept', accept);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  if (isOwnRead) headers.set(OWN_READ, '1');
  // After an event the page fetches the new state: a response that was cached for a second is older.
  const options = { method, headers, cache: 'no-store' } as const;
  const sent = body === undefined ? options : { ...options, body: JSON.stringify(body) };
  const response = await fetch(path, sent).catch(() => undefined);
  if (!response)
    throw new Problem(0, { detail: 'No response from the gateway. Check that the system is still running.' });
  keepBody(response.headers.get('traceparent'), body);
  if (response.ok) return response;
  throw new Problem(response.status, ((await readJson(response)) ?? {}) as Record<string, unknown>);
}

async function readJson(response: Response): Promise<unknown> {
  return /json/.test(response.headers.get('content-type') ?? '') ? response.json() : undefined;
}
