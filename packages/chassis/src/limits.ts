import { integer } from './config.ts';

/** What one process takes on. */
export interface Limits {
  /** Requests a second of one client; any number unless given. */
  readonly requestsPerSecond?: number;
  /** Requests that are worked on at the same time; any number unless given. */
  readonly maxInFlight?: number;
  /**
   * Proxies of ours that every request has come through, each of which appended to `X-Forwarded-For` whom it heard from:
   * a client can choose neither more nor fewer. 0 unless given: the client is who connects.
   */
  readonly proxyHops?: number;
}

export const rateLimit = integer(0, 1_000_000);
export const maxInFlight = integer(1, 100_000);

/** The limits of a service on AWS, for one task each. */
export const limitVariables = {
  RATE_LIMIT: rateLimit
    .default(50)
    .describe(
      'Requests a second of one client (the subject of a token, else an address), counted in the memory of each task; 0 for no limit',
    ),
  MAX_IN_FLIGHT: maxInFlight
    .default(50)
    .describe(
      'Requests that a task works on at the same time; more are answered 503. Half of what it answers in a second keeps the wait below a second: a quarter of a vCPU answers about 100',
    ),
  PROXY_HOPS: integer(0, 10)
    .default(1)
    .describe(
      'Proxies in front that append to X-Forwarded-For, as a load balancer does: that many entries from its right end are believed. 0 where clients connect directly',
    ),
};

/** The limits that an environment sets. */
export function limitsOf(config: {
  readonly RATE_LIMIT: number;
  readonly MAX_IN_FLIGHT: number;
  readonly PROXY_HOPS: number;
}): Limits {
  const { RATE_LIMIT: requestsPerSecond, MAX_IN_FLIGHT: maxInFlight, PROXY_HOPS: proxyHops } = config;
  return { maxInFlight, proxyHops, ...(requestsPerSecond > 0 ? { requestsPerSecond } : {}) };
}
