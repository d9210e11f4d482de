import { integer } from './config.ts';

/** Limits of load shedding in one process. */
export interface LoadLimits {
  /** Concurrency limit: requests in flight. A request whose body has not arrived does not count: it costs nothing. */
  readonly maxInFlight: number;
  /** Queue limit: requests that wait to be handled. */
  readonly maxWaiting: number;
}

/** Admission limits of one process. */
export interface Limits {
  /** Rate limit of one client, in cost units a second: a read costs 1, a write more. Default: none. */
  readonly unitsPerSecond?: number;
  /** Largest burst of one client, in seconds of its rate limit. Default: 2. */
  readonly burstSeconds?: number;
  /** Load shedding. Default: none. */
  readonly load?: LoadLimits;
  /**
   * Number of trusted proxies, each of which appends the address of its peer to `X-Forwarded-For`, so that a client cannot
   * choose its address. Default: 0, clients connect directly.
   */
  readonly proxyHops?: number;
}

export const rateLimit = integer(0, 1_000_000);

export const DEFAULT_BURST_SECONDS = 2;

const requests = integer(1, 100_000);

/** Environment variables of load shedding. */
export const loadVariables = {
  MAX_IN_FLIGHT: requests
    .default(32)
    .describe(
      'Concurrency limit: requests handled at the same time. A quarter of a vCPU handles 100 a second, so that 32 take a third of a second',
    ),
  MAX_WAITING: requests
    .default(400)
    .describe(
      'Queue limit: a burst up to this number of requests is served, however long it takes. Beyond it load is shed: requests get 503, and none waits longer than 200 ms',
    ),
};

/** Environment variables of all limits; each limit applies to one task. */
export const limitVariables = {
  RATE_LIMIT: rateLimit
    .default(5)
    .describe(
      'Rate limit of one client (the subject of a token, else an address) in cost units a second, each for reads (a read costs 1) and for writes (5 or more), counted in the memory of each task; 0 for no limit',
    ),
  RATE_LIMIT_BURST_SECONDS: integer(1, 3_600)
    .default(10)
    .describe('Largest burst of one client, in seconds of its rate limit'),
  ...loadVariables,
  PROXY_HOPS: integer(0, 10)
    .default(1)
    .describe(
      'Number of trusted proxies that append to X-Forwarded-For, such as a load balancer; 0 if clients connect directly',
    ),
};

/** The limits of a configuration. */
export function limitsOf(config: {
  readonly RATE_LIMIT: number;
  readonly RATE_LIMIT_BURST_SECONDS?: number;
  readonly MAX_IN_FLIGHT: number;
  readonly MAX_WAITING: number;
  readonly PROXY_HOPS: number;
}): Limits & { readonly load: LoadLimits } {
  const { RATE_LIMIT, MAX_IN_FLIGHT: maxInFlight, MAX_WAITING: maxWaiting, PROXY_HOPS: proxyHops } = config;
  const { RATE_LIMIT_BURST_SECONDS: burstSeconds = DEFAULT_BURST_SECONDS } = config;
  const rate = RATE_LIMIT > 0 ? { unitsPerSecond: RATE_LIMIT, burstSeconds } : {};
  return { load: { maxInFlight, maxWaiting }, proxyHops, ...rate };
}
