import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import type { Identity } from './auth.ts';
import { networkOf } from './client-network.ts';
import { type BucketSize, type BucketState, createTokenBuckets } from './token-buckets.ts';
import type { App } from './types.ts';

/** Authenticates a request and sets its identity; rejects with `rateLimited` if the client exceeds its rate limit. */
export type Identify = (
  request: FastifyRequest,
  reply: FastifyReply,
  authenticate: () => Promise<Identity | undefined>,
) => Promise<void>;

/** Cost of a request: the units that it takes from one of the client's budgets, before it is handled. */
export interface RouteCost {
  readonly budget: Budget;
  readonly units: number;
  /** What the handler charges besides, for the documentation, such as `and 0.5 for each line`. */
  readonly further?: string;
}

/** Budgets of a client: separate, so that a client that may not write for a while can still read. */
export type Budget = 'read' | 'write' | 'create';

declare module 'fastify' {
  interface FastifyRequest {
    /** Charges further cost units of the request, once it is known what it costs. They delay the client's next requests. */
    charge: (units: number) => void;
    /** Seconds until the client may repeat the request, after what it was charged; undefined if it may at once. */
    debtSeconds: number | undefined;
  }
}

/** Largest burst of creations, in seconds of the limit: a client may create some resources at once, and then few. */
const CREATE_BURST_SECONDS = 40;

/** Limit of all users at an address, in multiples of one client's: an office behind one address works, many accounts of one client do not help it. */
const USERS_OF_ADDRESS = 8;

/** Limit of all clients of an IPv6 site (/48), in multiples of one client's: a site has 65,536 subscribers' networks to choose from. */
const CLIENTS_OF_SITE = 32;

/** Bounds the memory to some 10 MB. */
const MAX_BUCKETS = 50_000;

/** A bucket that a request draws on. */
interface Draw extends BucketSize {
  readonly key: string;
}

export interface RateLimitOptions {
  readonly unitsPerSecond: number;
  /** Largest burst of reads or of writes, in seconds of the limit. */
  readonly burstSeconds: number;
  readonly metrics: Metrics;
}

/** The cost of a request to a route, without what depends on its result. Default: a read costs 1, a write 5. */
export function costOf(method: string, cost: RouteCost | undefined): RouteCost {
  if (cost) return cost;
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead ? { budget: 'read', units: 1 } : { budget: 'write', units: 5 };
}

/**
 * Rate limit of each client in cost units a second, counted in this process by token buckets; sends the `RateLimit`
 * headers. A client is the subject of a token, or without a token an address (for IPv6 its /64). All users at an address
 * together, and all clients of an IPv6 site, have a higher limit. Tokens that are invalid or cannot be verified are
 * counted by address, separately from other requests; beyond the limit, tokens from that address are rejected without
 * verification. A rejected request costs nothing.
 */
export function createRateLimit(
  app: App,
  { unitsPerSecond, burstSeconds, metrics }: RateLimitOptions,
): Identify {
  const buckets = createTokenBuckets({ maxBuckets: MAX_BUCKETS });
  app.decorateRequest('charge', chargeNothing);
  app.decorateRequest('debtSeconds', undefined);

  const draw = (key: string, budget: Budget, multiple = 1): Draw => ({
    key: `${budget}/${key}`,
    unitsPerSecond: multiple * unitsPerSecond,
    capacity: multiple * unitsPerSecond * (budget === 'create' ? CREATE_BURST_SECONDS : burstSeconds),
  });

  function drawsOf({ identity, ip }: FastifyRequest, budget: Budget): readonly [Draw, ...Draw[]] {
    const { address, site } = networkOf(ip);
    const ofSite = site === undefined ? [] : [draw(`site/${site}`, budget, CLIENTS_OF_SITE)];
    if (!identity) return [draw(`address/${address}`, budget), ...ofSite];
    const ofAddress = draw(`users-of/${address}`, budget, USERS_OF_ADDRESS);
    return [draw(`user/${identity.subject}`, budget), ofAddress, ...ofSite];
  }

  function reject(reply: FastifyReply, { capacity }: Draw, state: BucketState): never {
    reply.headers(headersOf(capacity, state));
    metrics.count('RequestsRateLimited');
    throw new DomainError(
      'rateLimited',
      'too-many-requests',
      'The rate limit is exceeded. Wait for the seconds in Retry-After, then retry.',
      { details: { retryAfterSeconds: Math.max(1, Math.ceil(state.waitSeconds)) } },
    );
  }

  /** Takes units from all buckets, or from none if one of them has too few. */
  function requireUnits(reply: FastifyReply, draws: readonly Draw[], units: number): void {
    const [limiting] = draws
      .map((bucket) => ({ bucket, state: buckets.peek(bucket.key, bucket, units) }))
      .filter(({ state }) => state.waitSeconds > 0)
      .toSorted((a, b) => b.state.waitSeconds - a.state.waitSeconds);
    if (limiting) reject(reply, limiting.bucket, limiting.state);
    take(reply, draws, units);
  }

  function take(reply: FastifyReply, draws: readonly Draw[], units: number): void {
    const states = draws.map((bucket) => ({ bucket, state: buckets.take(bucket.key, bucket, units) }));
    const [client] = states;
    if (client && !reply.sent) reply.headers(headersOf(client.bucket.capacity, client.state));
  }

  return async (request, reply, authenticate) => {
    const rejectedTokens = draw(`rejected-tokens/${networkOf(request.ip).address}`, 'read');
    if (request.headers.authorization !== undefined) {
      const state = buckets.peek(rejectedTokens.key, rejectedTokens, 1);
      if (state.waitSeconds > 0) reject(reply, rejectedTokens, state);
    }
    try {
      request.identity = await authenticate();
    } catch (error) {
      requireUnits(reply, [rejectedTokens], 1);
      throw error;
    }
    const { budget, units } = costOf(request.method, request.route.config.cost);
    const draws = drawsOf(request, budget);
    requireUnits(reply, draws, units);
    request.charge = (further) => {
      take(reply, draws, further);
      request.debtSeconds = Math.max(
        ...draws.map((bucket) => buckets.peek(bucket.key, bucket, units).waitSeconds),
      );
    };
  };
}

/** `request.charge` of an app without a rate limit. */
export function chargeNothing(): void {}

function headersOf(capacity: number, { units, fullSeconds }: BucketState): Record<string, number> {
  return {
    'ratelimit-limit': capacity,
    'ratelimit-remaining': Math.max(0, Math.floor(units)),
    'ratelimit-reset': Math.ceil(fullSeconds),
  };
}
