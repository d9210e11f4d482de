import { integer } from './config.ts';

/** Load beyond which a process sheds requests. */
export interface LoadLimits {
  /** Requests that are worked on at the same time. One whose body has not arrived does not count: it costs nothing. */
  readonly maxInFlight: number;
  /** Requests that wait for their turn. */
  readonly maxWaiting: number;
}

/** Admission limits of one process. */
export interface Limits {
  /** Requests a second of one client; any number unless given. */
  readonly requestsPerSecond?: number;
  /** Exempt requests. Default: none. */
  readonly load?: LoadLimits;
  /**
   * Proxies of ours that every request has come through, each of which appended to `X-Forwarded-For` whom it heard from:
   * a client can choose neither more nor fewer. 0 unless given: the client is who connects.
   */
  readonly proxyHops?: number;
}

export const rateLimit = integer(0, 1_000_000);

/** A count of requests. */
const requests = integer(1, 100_000);

/** Environment variables of load shedding. */
export const loadVariables = {
  MAX_IN_FLIGHT: requests
    .default(32)
    .describe(
      'Concurrency limit: requests handled at the same time. A quarter of a vCPU handles 100 a second, so 32 of them take a third of a second',
    ),
  MAX_WAITING: requests
    .default(400)
    .describe(
      'Queue limit: a burst of so many requests is served, however long it takes. Beyond it load is shed: requests get 503, and none waits longer than 200 ms',
    ),
};

/** The limits of a service on AWS, for one task each. */
export const limitVariables = {
  RATE_LIMIT: rateLimit
    .default(50)
    .describe(
      'Requests a second of one client (the subject of a token, else an address), counted in the memory of each task; 0 for no limit',
    ),
  ...loadVariables,
  PROXY_HOPS: integer(0, 10)
    .default(1)
    .describe(
      'Number of trusted proxies that append to X-Forwarded-For, such as a load balancer; 0 if clients connect directly',
    ),
};

/** The limits that an environment sets. */
export function limitsOf(config: {
  readonly RATE_LIMIT: number;
  readonly MAX_IN_FLIGHT: number;
  readonly MAX_WAITING: number;
  readonly PROXY_HOPS: number;
}): Limits & { readonly load: LoadLimits } {
  const { RATE_LIMIT, MAX_IN_FLIGHT: maxInFlight, MAX_WAITING: maxWaiting, PROXY_HOPS: proxyHops } = config;
  const rate = RATE_LIMIT > 0 ? { requestsPerSecond: RATE_LIMIT } : {};
  return { load: { maxInFlight, maxWaiting }, proxyHops, ...rate };
}
