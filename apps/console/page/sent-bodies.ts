/** Bodies that are kept at most; the oldest is dropped. */
const MAX_BODIES = 100;
/** Members that grant access: a body with one is not kept. */
const SECRET = 'fromCartId';

/** Bodies of the requests that this page has sent, by the ids of their traces. The system records none. */
const bodies = new Map<string, string>();

/** Keeps the body of a request for its trace, which the `traceparent` of the response names. */
export function keepBody(traceparent: string | null, body: unknown): void {
  const traceId = traceparent?.split('-')[1];
  if (traceId === undefined || typeof body !== 'object' || body === null || SECRET in body) return;
  bodies.set(traceId, JSON.stringify(body));
  const [oldest] = bodies.keys();
  if (bodies.size > MAX_BODIES && oldest !== undefined) bodies.delete(oldest);
}

/** Body of the request that started a trace, if this page has sent it; undefined if it has not, or for a secret. */
export function bodyOfTrace(traceId: string): string | undefined {
  return bodies.get(traceId);
}
