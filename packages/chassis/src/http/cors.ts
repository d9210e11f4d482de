import cors from '@fastify/cors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from './response-headers.ts';
import type { App } from './types.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Request headers that a page may send, besides those that need no permission, such as Accept. */
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
  'X-Request-Id',
  'traceparent',
];
/** Response headers that a page may read, besides those that need no permission, such as Cache-Control. */
const EXPOSED_HEADERS = [
  'ETag',
  'Link',
  'Location',
  'Idempotent-Replayed',
  'Preference-Applied',
  'Retry-After',
  'X-Request-Id',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'traceparent',
  'WWW-Authenticate',
];
/** Lifetime of a preflight's response in a browser: Chromium's maximum. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * Lets pages of these origins read a response for which the hooks of {@link registerCors} do not run: to a request that is
 * rejected before its route is known.
 */
export function allowOrigin(
  origins: readonly string[],
  { headers: { origin } }: FastifyRequest,
  reply: FastifyReply,
): void {
  if (origins.length === 0) return;
  addVary(reply, 'Origin');
  if (origin === undefined || !origins.includes(origin)) return;
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-expose-headers', EXPOSED_HEADERS.join(', '));
}

/**
 * Cross-origin resource sharing: pages of these origins may call the API and read its responses, problems included. The
 * response to a preflight needs no token, and no rate limit or load shedding applies. Without origins nothing is registered.
 * Register this before hooks that reject requests.
 */
export async function registerCors(app: App, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const allowed = new Set<string | undefined>(origins);
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS' && route.url === '*') route.config = { ...route.config, system: true };
  });
  await app.register(cors, {
    // Not a list: the plugin would respond to the preflights of other origins too.
    origin: (origin, decide) => decide(null, origin !== undefined && allowed.has(origin) ? origin : false),
    methods: METHODS,
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
}
