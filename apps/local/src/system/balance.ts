import { setTimeout as delay } from 'node:timers/promises';

/** Target group of a load balancer: the instances of a service. */
export interface Instances extends Disposable {
  /**
   * Returns the next instance in round-robin order among the ready ones; among all if none is ready, as on AWS. Never returns
   * an excluded one; undefined if all are excluded.
   */
  next(excluded?: ReadonlySet<string>): string | undefined;
  /** Marks an instance as unhealthy whose connection failed, until its next successful readiness check. */
  markUnhealthy(url: string): void;
  /** Checks the readiness of all; resolves to whether any is ready. */
  isAnyReady(): Promise<boolean>;
}

/** Interval of readiness checks. A stopping instance must drain for longer than this. */
const CHECK_INTERVAL_MS = 100;

/** Balances requests over instances in round-robin order. Polls the readiness of each if there are several, until disposed. */
export function balance(urls: readonly string[]): Instances {
  const unhealthy = new Set<string>();
  const stopping = new AbortController();
  let turn = 0;

  const watch = async (url: string) => {
    while (!stopping.signal.aborted) {
      if (await isReady(url)) unhealthy.delete(url);
      else unhealthy.add(url);
      await delay(CHECK_INTERVAL_MS, undefined, { signal: stopping.signal, ref: false }).catch(
        () => undefined,
      );
    }
  };
  // With one instance there is no choice.
  if (urls.length > 1) for (const url of urls) void watch(url);

  return {
    next(excluded = new Set()) {
      const included = urls.filter((url) => !excluded.has(url));
      const ready = included.filter((url) => !unhealthy.has(url));
      const candidates = ready.length > 0 ? ready : included;
      turn += 1;
      return candidates[turn % candidates.length];
    },
    markUnhealthy: (url) => void unhealthy.add(url),
    async isAnyReady() {
      const results = await Promise.all(urls.map(isReady));
      return results.some(Boolean);
    },
    [Symbol.dispose]: () => stopping.abort(),
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
