import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import type { Identity } from './auth.ts';
import type { App } from './types.ts';

/** Sets the request's identity to what `authenticate` finds; rejects with `rateLimited` when that client asks too often. */
export type Identify = (
  request: FastifyRequest,
  reply: FastifyReply,
  authenticate: () => Promise<Identity | undefined>,
) => Promise<void>;

const WINDOW_MS = 1_000;

/**
 * Limits the requests of a client in windows of a second, counted in this process, and sends the `RateLimit` headers.
 * A client is a token's subject, or an address without one (of IPv6 the /64: one subscriber has them all). Tokens that
 * are refused, or cannot be verified now, count for their address, apart from its other requests: above the limit none is
 * looked at.
 */
export async function createRateLimit(
  app: App,
  { requestsPerSecond, metrics }: { requestsPerSecond: number; metrics: Metrics },
): Promise<Identify> {
  await app.register(rateLimit, { global: false, max: requestsPerSecond, timeWindow: WINDOW_MS });
  const addressOf = ({ ip }: FastifyRequest) => normalizeIP(ip);
  const byAddress = app.createRateLimit({ keyGenerator: addressOf });
  const refusedByAddress = app.createRateLimit({ keyGenerator: addressOf });
  const bySubject = app.createRateLimit({
    keyGenerator: ({ identity }: FastifyRequest) => identity?.subject ?? '',
  });

  async function demandRoom(
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
      'The rate limit is exceeded. Retry after the seconds of Retry-After.',
      {
        details: { retryAfterSeconds: ttlInSeconds },
      },
    );
  }

  return async (request, reply, authenticate) => {
    if (request.headers.authorization !== undefined) {
      await demandRoom(refusedByAddress, request, reply, { increment: false });
    }
    try {
      request.identity = await authenticate();
    } catch (error) {
      await demandRoom(refusedByAddress, request, reply);
      throw error;
    }
    await demandRoom(request.identity ? bySubject : byAddress, request, reply);
  };
}
