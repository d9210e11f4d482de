import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
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
  }
  interface FastifyContextConfig {
    /** Required scope: 401 without a token, 403 without the scope, before the body is read. */
    scope?: string;
    /** Requires a token of any scope: 401 without one. Default: true for a route with a scope. */
    authenticated?: boolean;
    /** Problem statuses to document, in addition to those that follow from input, token and scope. */
    problems?: readonly number[];
    /** Timeout of the handler, if it differs from the default. */
    handlerTimeoutMs?: number;
    /** A route of the chassis: no authentication, no access log, no rate limit, no load shedding. */
    system?: boolean;
  }
}
