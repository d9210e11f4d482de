import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { describe, send } from '@tandem/cli/request-until';

export interface ReadyOptions {
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Is told once, when it has to wait, and why. */
  readonly onWait: (reason: string) => void;
}

const LOOK_AGAIN_MS = 250;
const PATIENCE_MS = 5_000;

/** Resolves once both services answer at `url`; rejects with a DomainError when they do not in time. */
export async function untilReady(url: string, { waitMs, signal, onWait }: ReadyOptions): Promise<void> {
  const end = performance.now() + waitMs;
  for (let isFirst = true; ; isFirst = false) {
    const reason = await notReady(url, signal);
    if (reason === undefined) return;
    if (performance.now() + LOOK_AGAIN_MS > end) throw new DomainError('unavailable', 'not-ready', reason);
    if (isFirst) onWait(reason);
    await delay(LOOK_AGAIN_MS, undefined, { signal });
  }
}

/**
 * Why a deployment is not ready. `/health` is the gateway's; a load balancer, which sends each service its own paths only,
 * answers 404 there, and each service is asked for something cheap.
 */
async function notReady(url: string, signal: AbortSignal): Promise<string | undefined> {
  const statusOf = async (path: string) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const sent = await send(url, { method: 'GET', path }, { signal: limit });
    signal.throwIfAborted();
    if (!('answer' in sent)) return { status: undefined, reason: sent.reason };
    return { status: sent.answer.status, reason: `${url}${path} is not ready: ${describe(sent.answer)}` };
  };

  const health = await statusOf('/health');
  if (health.status === 200) return undefined;
  if (health.status !== 404) return health.reason;
  const products = await statusOf('/products?limit=1');
  if (products.status !== 200) return products.reason;
  const carts = await statusOf('/carts?mine=true');
  // Only Cart itself says that a guest has no list.
  return carts.status === 401 ? undefined : carts.reason;
}
