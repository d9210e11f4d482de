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
    /** Set when the service is about to stop. */
    draining: boolean;
  }
  interface FastifyContextConfig {
    /** The scope that a token must have: 401 without a token, 403 without the scope, before the body is read. */
    scope?: string;
    /** The call is a user's: 401 without a token, of whatever scope. */
    authenticated?: boolean;
    /** The problems that the route answers beside those of its input and scope, for its documentation. */
    problems?: readonly number[];
    /** Timeout of the handler, if it differs from the default. */
    handlerTimeoutMs?: number;
    /** A route of the chassis: no authentication, no access log, no rate limit, no load shedding. */
    system?: boolean;
  }
}
