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
    /** The caller; undefined without a token. */
    identity: Identity | undefined;
  }
}

/** The id that the client gave the request, if it is harmless, or a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** The trace that the client would have the request be part of. */
export function traceparentOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** Runs each request within its trace; sends trace and request id back. With a tracer, records a span of it. */
export function registerTrace(app: App, tracer: Tracer | undefined): void {
  app.addHook('onRequest', (request, reply, done) => {
    const begin = () => {
      reply.header('x-request-id', request.id).header('traceparent', currentTraceparent());
      done();
    };
    if (tracer === undefined || request.route.config.system) {
      runWithTrace(traceparentOf(request), begin);
    } else {
      inSpan(startServerSpan(tracer, request, reply), begin);
    }
  });
}

/** A span from now until the answer has been sent, or the client has gone. Without the path, which may hold a secret. */
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

/** Measures every answer by route; those without one share a name. The load balancer counts them by status, for nothing. */
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
 * Rejects, before a body is read, clients that `identify` rejects, and requests without a route, a valid token or the scope that
 * its route demands.
 */
export function registerAdmission(app: App, auth: Authenticator | undefined, identify?: Identify): void {
  const routes = createRouteMethods();
  app.decorateRequest('identity', undefined);

  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, system: true };
    const { scope, authenticated = scope !== undefined } = route.config ?? {};
    if (authenticated && auth === undefined) {
      throw new Error(`${route.url} demands a token, but the app has no authenticator`);
    }
    routes.add(route.url, typeof route.method === 'string' ? [route.method] : route.method);
  });

  function refuseUnknown(request: FastifyRequest, reply: FastifyReply): never {
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

  function demandRoute(request: FastifyRequest, reply: FastifyReply): void {
    const { scope, authenticated } = request.route.config;
    if (request.is404) refuseUnknown(request, reply);
    if (scope !== undefined || authenticated) demandIdentity(request.identity, scope);
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
      demandRoute(request, reply);
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
    demandRoute(request, reply);
    done();
  });

  // Plugins end up here too, such as for a missing file below /docs.
  app.setNotFoundHandler(refuseUnknown);
}

function demandIdentity(identity: Identity | undefined, scope: string | undefined): void {
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

const sampledOneIn = 100;

/** Logs every 5xx and one in a hundred of the other answers, by route: a path may hold a secret, such as a cart's id. */
export function registerRequestLog(app: App): void {
  let answered = 0;
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const { config, url } = request.route;
    if (config.system || request.isShed) return;
    const isFailure = reply.statusCode >= 500;
    if (!isFailure && answered++ % sampledOneIn !== 0) return;
    request.log[isFailure ? 'error' : 'info'](
      {
        method: request.method,
        route: url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        requestId: request.id,
        traceId: String(reply.getHeader('traceparent')).slice(3, 35),
      },
      'request answered',
    );
  });
}
