import { setTimeout as delay } from 'node:timers/promises';

/** Target group of a load balancer: the instances of a service. */
export type Instances = ReturnType<typeof balance>;

/** Result of a readiness check: ready, no response in time, or not ready (also a refused connection). In the order of preference. */
const HEALTH = ['ready', 'silent', 'unready'] as const;
type Health = (typeof HEALTH)[number];

/** Interval of readiness checks. A stopping instance must drain for longer than this and the time of a check. */
const CHECK_INTERVAL_MS = 100;
/** Time after which an instance counts as silent. It is short, as a silent instance still gets requests if no other is ready. */
const CHECK_TIMEOUT_MS = 500;
/** Time in which an instance has to respond for the health of the whole: a busy one is ready. */
const READY_TIMEOUT_MS = 2_000;

/** Balances requests over instances in round-robin order. Polls the readiness of each if there are several, until disposed. */
export function balance(urls: readonly string[]) {
  const health = new Map<string, Health>(urls.map((url) => [url, 'ready']));
  const stopping = new AbortController();
  let turn = 0;

  const check = async (url: string) => void health.set(url, await healthOf(url, CHECK_TIMEOUT_MS));
  const watch = async (url: string) => {
    while (!stopping.signal.aborted) {
      await check(url);
      await delay(CHECK_INTERVAL_MS, undefined, { signal: stopping.signal, ref: false }).catch(
        () => undefined,
      );
    }
  };
  const isChoice = urls.length > 1;
  if (isChoice) for (const url of urls) void watch(url);

  return {
    /**
     * Returns the next instance in round-robin order among those of the best health: if none is ready, requests are still
     * forwarded, as on AWS. Never returns an excluded one; undefined if all are excluded.
     */
    next(excluded: ReadonlySet<string> = new Set()): string | undefined {
      const included = urls.filter((url) => !excluded.has(url));
      const groups = HEALTH.map((wanted) => included.filter((url) => health.get(url) === wanted));
      const candidates = groups.find(({ length }) => length > 0) ?? included;
      turn += 1;
      return candidates[turn % candidates.length];
    },
    /** Marks an instance as not ready whose connection failed, until its next successful readiness check. */
    markUnready: (url: string) => void health.set(url, 'unready'),
    /** Checks the readiness of an instance without waiting for its turn; does nothing if it is the only one. */
    check: (url: string) => void (isChoice && check(url)),
    /** Checks the readiness of all; resolves to whether any is ready. */
    isAnyReady: async () =>
      (await Promise.all(urls.map((url) => healthOf(url, READY_TIMEOUT_MS)))).includes('ready'),
    [Symbol.dispose]: () => stopping.abort(),
  };
}

async function healthOf(url: string, timeoutMs: number): Promise<Health> {
  return fetch(`${url}/ready`, { signal: AbortSignal.timeout(timeoutMs) }).then(
    ({ ok }) => (ok ? 'ready' : 'unready'),
    (error: Error) => (error.name === 'TimeoutError' ? 'silent' : 'unready'),
  );
}
