import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Check } from './health.ts';
import type { RouteCost } from './rate-limit.ts';
import type { ZodTypeProvider } from './schema.ts';

/** An HTTP service; its routes are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether a graceful shutdown has begun. */
    draining: boolean;
    /** Checks of readiness, of what a task starts besides the app: none of a function. */
    readonly startChecks: (() => Check)[];
  }
  interface FastifyContextConfig {
    /** Required scope: 401 without a token, 403 without the scope, before the body is read. */
    scope?: string;
    /** Requires a token of any scope: 401 without one. Default: true for a route with a scope. */
    authenticated?: boolean;
    /** Problem statuses to document, in addition to those that follow from input, token and scope. */
    problems?: readonly number[];
    /** Media types of the responses in addition to JSON, all of them texts. */
    mediaTypes?: readonly string[];
    /** Cost of a request by the rate limit. Default: a read (GET, HEAD) costs 1, a write 5. */
    cost?: RouteCost;
    /** Timeout of the handler, if it differs from the default. */
    handlerTimeoutMs?: number;
    /** Set for a route whose responses wait by design, for an event or for a file: they do not count as slow. */
    waits?: boolean;
    /** `Cache-Control` of the responses. Default: `private, no-store`. */
    cacheControl?: string;
    /** Set for a route whose responses are never compressed. */
    isUncoded?: boolean;
    /** A route of the chassis: no authentication, no access log, no rate limit, no load shedding. */
    system?: boolean;
  }
}
