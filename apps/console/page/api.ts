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
}

export interface ApiResponse<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Sends a request to the gateway that serves the page. Rejects with a {@link Problem}. */
export async function request<T>(
  path: string,
  { method = 'GET', body, token, idempotencyKey, ifMatch }: RequestOptions = {},
): Promise<ApiResponse<T>> {
  const headers = new Headers();
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  const sent = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(path, sent).catch(() => undefined);
  if (!response)
    throw new Problem(0, { detail: 'No response from the gateway. Check that the system is still running.' });
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const read: unknown = isJson ? await response.json() : undefined;
  if (!response.ok) throw new Problem(response.status, (read ?? {}) as Record<string, unknown>);
  return { body: read as T, headers: response.headers };
}
