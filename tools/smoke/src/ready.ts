import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { describe, send } from '@tandem/cli/api-client';

export interface ReadyOptions {
  readonly waitMs: number;
  /** Additional headers of the requests, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called once with the reason when the deployment is not ready at first. */
  readonly onWait: (reason: string) => void;
}

const POLL_INTERVAL_MS = 250;
const REQUEST_TIMEOUT_MS = 5_000;

/** Resolves once both services are ready at `url`; rejects with a DomainError after the deadline. */
export async function untilReady(
  url: string,
  { waitMs, headers, signal, onWait }: ReadyOptions,
): Promise<void> {
  const end = performance.now() + waitMs;
  for (let isFirst = true; ; isFirst = false) {
    const reason = await reasonNotReady(url, headers, signal);
    if (reason === undefined) return;
    if (performance.now() + POLL_INTERVAL_MS > end) throw new DomainError('unavailable', 'not-ready', reason);
    if (isFirst) onWait(reason);
    await delay(POLL_INTERVAL_MS, undefined, { signal });
  }
}

/**
 * Returns the reason why a deployment is not ready. The gateway has `/health`. A load balancer only routes the paths of the
 * services and responds 404 there: a cheap request to each service is sent instead.
 */
async function reasonNotReady(
  url: string,
  headers: ReadyOptions['headers'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const statusOf = async (path: string) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
    const sent = await send(url, { method: 'GET', path }, { headers, signal: limit });
    signal.throwIfAborted();
    if (!('response' in sent)) return { status: undefined, reason: sent.reason };
    return { status: sent.response.status, reason: `${url}${path} is not ready: ${describe(sent.response)}` };
  };

  const health = await statusOf('/health');
  if (health.status === 200) return undefined;
  if (health.status !== 404) return health.reason;
  const products = await statusOf('/products?limit=1');
  if (products.status !== 200) return products.reason;
  const carts = await statusOf('/carts?mine=true');
  // Only Cart itself responds 401 to a guest who requests a list.
  return carts.status === 401 ? undefined : carts.reason;
}
