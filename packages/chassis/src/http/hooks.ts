import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DoneFuncWithErrOrRes, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { currentTraceparent, inSpan, runWithTrace, type Span, type Tracer } from '../trace.ts';
import type { App } from './types.ts';
import type { Authenticator, Identity } from './auth.ts';
import { registerRouteMethods } from './methods.ts';
import type { Identify } from './rate-limit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The authenticated caller; undefined without a token. */
    identity: Identity | undefined;
  }
}

/** The request id: the client's `X-Request-Id` if it is safe to log, otherwise a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : randomUUID();
}

/** The client's traceparent, unvalidated. */
export function traceparentOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** Runs each request within its trace, and returns it as a header. With a tracer, records a span. */
export function registerTrace(app: App, tracer: Tracer | undefined): void {
  app.addHook('onRequest', (request, reply, done) => {
    const proceed = () => {
      reply.header('traceparent', currentTraceparent());
      done();
    };
    if (tracer === undefined || request.route.config.system) {
      runWithTrace(traceparentOf(request), proceed);
    } else {
      inSpan(startServerSpan(tracer, request, reply), proceed);
    }
  });
}

/** Starts a span that ends with the response, or when the client disconnects. It omits the path, which may be a secret. */
function startServerSpan(tracer: Tracer, request: FastifyRequest, { raw }: FastifyReply): Span {
  const { method, protocol, route } = request;
  const span = tracer.start(route.url === undefined ? method : `${method} ${route.url}`, {
    kind: 'server',
    parent: traceparentOf(request),
    attributes: { 'http.request.method': method, 'http.route': route.url, 'url.scheme': protocol },
  });
  raw.once('close', () => {
    const status = raw.headersSent ? raw.statusCode : undefined;
    const error = raw.statusCode >= 500 ? String(raw.statusCode) : undefined;
    span.end({ 'http.response.status_code': status, 'error.type': raw.writableEnded ? error : 'aborted' });
  });
  return span;
}

/** A request that takes as long is slow, in milliseconds. */
const SLOW_MS = 500;

/**
 * Measures the latency of each request by route, and counts slow requests on routes that do not wait by design; requests without a route share the name `unknown`. There is no dimension
 * for the status: the load balancer counts responses by status at no charge.
 */
export function registerRequestMetrics(app: App, metrics: Metrics, slowMs = SLOW_MS): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { config, url } = request.route;
    if (!config.system) {
      metrics.observe('RequestLatency', reply.elapsedTime, {
        route: url === undefined ? 'unknown' : `${request.method} ${url}`,
      });
      if (reply.elapsedTime >= slowMs && !config.waits) metrics.count('SlowRequests');
    }
    done();
  });
}

/**
 * Admits a request before its body is read: rejects clients that `identify` rejects, and requests without a route, a valid
 * token, or the scope that the route requires.
 */
export function registerAdmission(app: App, auth: Authenticator | undefined, identify?: Identify): void {
  const rejectUnknownRoute = registerRouteMethods(app);
  app.decorateRequest('identity', undefined);

  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, system: true };
    const { scope, authenticated = scope !== undefined } = route.config ?? {};
    if (authenticated && auth === undefined) {
      throw new Error(`${route.url} requires a token, but the app has no authenticator. Pass \`auth\`.`);
    }
  });

  function authorize(request: FastifyRequest, reply: FastifyReply): void {
    const { scope, authenticated } = request.route.config;
    if (request.is404) rejectUnknownRoute(request, reply);
    if (scope !== undefined || authenticated) requireIdentity(request.identity, scope);
  }

  async function admit(
    request: FastifyRequest,
    reply: FastifyReply,
    done: DoneFuncWithErrOrRes,
  ): Promise<void> {
    const authenticate = async () =>
      request.is404 ? undefined : auth?.authenticate(request.headers.authorization, request.idle);
    try {
      if (identify) await identify(request, reply, authenticate);
      else request.identity = await authenticate();
      authorize(request, reply);
    } catch (error) {
      return done(error as Error);
    }
    done();
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (request.route.config.system) return done();
    if (identify ?? request.headers.authorization) return void admit(request, reply, done);
    authorize(request, reply);
    done();
  });
}

function requireIdentity(identity: Identity | undefined, scope: string | undefined): void {
  if (identity === undefined) {
    throw new DomainError(
      'unauthenticated',
      'token-missing',
      'This request needs a bearer token. Send one in the Authorization header.',
    );
  }
  if (scope !== undefined && !identity.scopes.has(scope)) {
    throw new DomainError(
      'forbidden',
      'insufficient-scope',
      `This request needs a token with the scope ${scope}. Request one that has it.`,
    );
  }
}

/** Responses to HTTP that is not implemented (method, transfer coding, version): anyone can cause them. */
const FAULTS_OF_CLIENTS = new Set([501, 505]);

/** One in this many responses without a failure is logged. */
const LOG_SAMPLING = 100;

/** Logs every response that reports a failure of the service, and a sample of the others, by route: a path may hold a secret, such as a cart's id. */
export function registerRequestLog(app: App): void {
  let responses = 0;
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const { config, url } = request.route;
    if (config.system || request.isShed) return;
    const isFailure = reply.statusCode >= 500 && !FAULTS_OF_CLIENTS.has(reply.statusCode);
    if (!isFailure && responses++ % LOG_SAMPLING !== 0) return;
    request.log[isFailure ? 'error' : 'info'](
      {
        method: request.method,
        route: url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        requestId: request.id,
        traceId: String(reply.getHeader('traceparent')).slice(3, 35),
      },
      'request completed',
    );
  });
}
