import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './types.ts';

/** Response of a person, or to a token: no cache keeps it. The default of every route. */
export const PRIVATE = 'private, no-store';
/** Response that no cache keeps, as it holds for one moment only, such as a problem. */
export const NO_STORE = 'no-store';
/** Document that a cache may keep, but must revalidate before each use. */
export const REVALIDATED = 'no-cache';

/** A year, the minimum of ASVS 5.0, 3.4.1, which for level 2 includes the subdomains. */
const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';

/** Headers of a response whose content type is not to be guessed; `isSecure`: the client connected over TLS. */
export function protectionHeaders(
  cacheControl: string,
  { isSecure }: { readonly isSecure: boolean },
): Record<string, string> {
  return {
    'cache-control': cacheControl,
    'x-content-type-options': 'nosniff',
    ...(isSecure && { 'strict-transport-security': STRICT_TRANSPORT }),
  };
}

/**
 * Sets Cache-Control, X-Content-Type-Options and, if the client connected over TLS, Strict-Transport-Security, as
 * `X-Forwarded-Proto` of a trusted proxy reports.
 */
export function protect(request: FastifyRequest, reply: FastifyReply, cacheControl: string): void {
  reply.header('cache-control', cacheControl).header('x-content-type-options', 'nosniff');
  if (request.protocol === 'https') requireTls(reply);
}

/** Sets Strict-Transport-Security: browsers then connect to this host over TLS only. */
export function requireTls(reply: FastifyReply): void {
  reply.header('strict-transport-security', STRICT_TRANSPORT);
}

/** Adds the name of a request header, on which the response depends, to `Vary`. */
export function addVary(reply: FastifyReply, name: string): void {
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? name : `${String(vary)}, ${name}`);
}

/** Whether the last proxy, which must be a trusted one, says that the client connected over TLS. */
export function isForwardedSecurely(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): boolean {
  return String(headers['x-forwarded-proto']).split(',').at(-1)?.trim() === 'https';
}

/**
 * Protects each response, and sets `X-Request-Id`. Caches may keep the responses of a route with `config.cacheControl`. Problems
 * protect themselves.
 */
export function registerResponseHeaders(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { system, cacheControl = system ? NO_STORE : PRIVATE } = request.route.config;
    protect(request, reply, cacheControl);
    reply.header('x-request-id', request.id);
    done();
  });
}
