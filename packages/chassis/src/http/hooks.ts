import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DoneFuncWithErrOrRes, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { currentTraceparent, inSpan, runWithTrace, type Span, type Tracer } from '../trace.ts';
import type { App } from './types.ts';
import type { Authenticator, Identity } from './auth.ts';
import { createRouteMethods } from './methods.ts';
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

/** Runs each request within its trace, and returns trace and request id as headers. With a tracer, records a span. */
export function registerTrace(app: App, tracer: Tracer | undefined): void {
  app.addHook('onRequest', (request, reply, done) => {
    const proceed = () => {
      reply.header('x-request-id', request.id).header('traceparent', currentTraceparent());
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

/**
 * Measures the latency of each request by route; requests without a route share the name `unknown`. There is no dimension
 * for the status: the load balancer counts responses by status at no charge.
 */
export function registerRequestMetrics(app: App, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { config, url } = request.route;
    if (!config.system) {
      metrics.observe('RequestLatency', reply.elapsedTime, {
        route: url === undefined ? 'unknown' : `${request.method} ${url}`,
      });
    }
    done();
  });
}

/**
 * Admits a request before its body is read: rejects clients that `identify` rejects, and requests without a route, a valid
 * token, or the scope that the route requires.
 */
export function registerAdmission(app: App, auth: Authenticator | undefined, identify?: Identify): void {
  const routes = createRouteMethods();
  app.decorateRequest('identity', undefined);

  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, system: true };
    const { scope, authenticated = scope !== undefined } = route.config ?? {};
    if (authenticated && auth === undefined) {
      throw new Error(`${route.url} requires a token, but the app has no authenticator. Pass \`auth\`.`);
    }
    routes.add(route.url, typeof route.method === 'string' ? [route.method] : route.method);
  });

  function rejectUnknownRoute(request: FastifyRequest, reply: FastifyReply): never {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = routes.allowedOn(path);
    if (allowed.length === 0 || allowed.includes(request.method)) {
      throw new DomainError(
        'notFound',
        'no-such-route',
        'There is no such route. The paths are listed in /openapi.json.',
      );
    }
    reply.header('allow', allowed.join(', '));
    throw Object.assign(new Error(`${request.method} is not allowed here`), { statusCode: 405 });
  }

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
      request.is404 ? undefined : auth?.authenticate(request.headers.authorization);
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
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      return done(
        new DomainError('invalid', 'host-missing', 'A Host header is required by HTTP/1.1. Add it.'),
      );
    if (request.route.config.system) return done();
    if (identify ?? request.headers.authorization) return void admit(request, reply, done);
    authorize(request, reply);
    done();
  });

  // Plugins call this too, such as for a missing file below /docs.
  app.setNotFoundHandler(rejectUnknownRoute);
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
      `This request needs a token with the scope ${scope}.`,
    );
  }
}

/** One in this many responses below 500 is logged. */
const LOG_SAMPLING = 100;

/** Logs every 5xx response and a sample of the others, by route: a path may hold a secret, such as a cart's id. */
export function registerRequestLog(app: App): void {
  let responses = 0;
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const { config, url } = request.route;
    if (config.system || request.isShed) return;
    const isFailure = reply.statusCode >= 500;
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
