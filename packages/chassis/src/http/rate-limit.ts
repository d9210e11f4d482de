import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import type { Identity } from './auth.ts';
import type { App } from './types.ts';

/** Authenticates a request and sets its identity; rejects with `rateLimited` if the client exceeds its rate limit. */
export type Identify = (
  request: FastifyRequest,
  reply: FastifyReply,
  authenticate: () => Promise<Identity | undefined>,
) => Promise<void>;

const WINDOW_MS = 1_000;

/**
 * Rate limit of each client in windows of a second, counted in this process; sends the `RateLimit` headers. A client is
 * the subject of a token, or without a token an address (for IPv6 its /64, which belongs to one subscriber). Tokens that
 * are invalid or cannot be verified are counted by address, separately from other requests; beyond the limit, tokens from
 * that address are rejected without verification.
 */
export async function createRateLimit(
  app: App,
  { requestsPerSecond, metrics }: { requestsPerSecond: number; metrics: Metrics },
): Promise<Identify> {
  await app.register(rateLimit, { global: false, max: requestsPerSecond, timeWindow: WINDOW_MS });
  const addressOf = ({ ip }: FastifyRequest) => normalizeIP(ip);
  const byAddress = app.createRateLimit({ keyGenerator: addressOf });
  const rejectedTokensByAddress = app.createRateLimit({ keyGenerator: addressOf });
  const bySubject = app.createRateLimit({
    keyGenerator: ({ identity }: FastifyRequest) => identity?.subject ?? '',
  });

  async function requireCapacity(
    counter: typeof byAddress,
    request: FastifyRequest,
    reply: FastifyReply,
    { increment } = { increment: true },
  ): Promise<void> {
    const state = await counter(request, { increment });
    if (state.isAllowed) return;
    const { max, remaining, ttlInSeconds, isExceeded } = state;
    reply.headers({
      'ratelimit-limit': max,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': ttlInSeconds,
    });
    if (increment ? !isExceeded : remaining > 0) return;
    metrics.count('RequestsRateLimited');
    throw new DomainError(
      'rateLimited',
      'too-many-requests',
      'The rate limit is exceeded. Wait for the seconds in Retry-After, then retry.',
      { details: { retryAfterSeconds: ttlInSeconds } },
    );
  }

  return async (request, reply, authenticate) => {
    if (request.headers.authorization !== undefined) {
      await requireCapacity(rejectedTokensByAddress, request, reply, { increment: false });
    }
    try {
      request.identity = await authenticate();
    } catch (error) {
      await requireCapacity(rejectedTokensByAddress, request, reply);
      throw error;
    }
    await requireCapacity(request.identity ? bySubject : byAddress, request, reply);
  };
}
