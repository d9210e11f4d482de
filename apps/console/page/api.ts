/** An answer that is not what was asked for: RFC 9457's problem, or that nobody answered (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  /** The last part of the problem's type, such as `insufficient-stock`; never changes. */
  readonly code: string;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body['detail'] === 'string' ? body['detail'] : `The system answered ${status}.`);
    this.status = status;
    const { type } = body;
    this.code = typeof type === 'string' ? (type.split(':').at(-1) ?? '') : '';
    this.body = body;
  }
}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly token?: string | undefined;
  /** Makes a POST safe to repeat. */
  readonly idempotencyKey?: string;
  /** The ETag of the state that is to be changed: refused with 412 if it is no longer that. */
  readonly ifMatch?: string | undefined;
}

export interface Answered<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Asks the system that serves the page. Rejects with a {@link Problem}. */
export async function ask<T>(
  path: string,
  { method = 'GET', body, token, idempotencyKey, ifMatch }: Asked = {},
): Promise<Answered<T>> {
  const headers = new Headers();
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  const sent = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(path, sent).catch(() => undefined);
  if (!answer) throw new Problem(0, { detail: 'Nobody answers: is the system still running?' });
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  const read: unknown = isJson ? await answer.json() : undefined;
  if (!answer.ok) throw new Problem(answer.status, (read ?? {}) as Record<string, unknown>);
  return { body: read as T, headers: answer.headers };
}
