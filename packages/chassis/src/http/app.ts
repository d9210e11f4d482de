import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { z } from 'zod';
import { DEFAULT_BURST_SECONDS, type Limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { runWithTrace, type Tracer } from '../trace.ts';
import { countRejectedTokens, registerAudit } from './audit.ts';
import type { Authenticator } from './auth.ts';
import { prepareServer, respondToParserError } from './connection.ts';
import { allowOrigin, registerCors } from './cors.ts';
import { registerCompression } from './compression.ts';
import { registerEntityTags } from './entity-tags.ts';
import { registerHandlerTimeout } from './handler-timeout.ts';
import { registerLengths } from './head.ts';
import { registerHealth } from './health.ts';
import type { Readiness } from './health.ts';
import {
  registerAdmission,
  registerRequestLog,
  registerRequestMetrics,
  registerTrace,
  requestIdOf,
  traceparentOf,
} from './hooks.ts';
import { registerIdempotency } from './idempotency.ts';
import { registerJson } from './json-body.ts';
import { registerOpenApi } from './openapi.ts';
import { originFormOf, registerMessageChecks } from './message.ts';
import { sendProblem } from './problem.ts';
import { chargeNothing, createRateLimit } from './rate-limit.ts';
import { isForwardedSecurely, registerResponseHeaders, requireTls } from './response-headers.ts';
import { checkResponses, compileValidator } from './schema.ts';
import type { RequestPart, ZodTypeProvider } from './schema.ts';
import { registerShedding, withoutLimit } from './shedding.ts';
import type { App } from './types.ts';

export interface AppOptions {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly logger: Logger;
  readonly health: { readonly ready: () => Promise<Readiness> };
  readonly metrics: Metrics;
  readonly auth?: Authenticator;
  /** Records a span of each request. */
  readonly tracer?: Tracer | undefined;
  readonly limits?: Limits;
  /** Origins whose pages may call the API from a browser. Default: none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Longest time for a request to arrive, body included. Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** For tests: fails responses that do not match the schema of their route. */
  readonly validateResponses?: boolean;
}

/**
 * Creates an app without routes of a service, not yet listening. It validates requests by zod schemas, responds to every
 * error with a problem (RFC 9457), propagates request id and trace, verifies tokens, and serves `/health`, `/ready`,
 * `/openapi.json` and `/docs`.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { auth, health, metrics, limits = {}, requestTimeoutMs = 30_000 } = options;
  const corsOrigins = options.corsOrigins ?? [];
  const { unitsPerSecond, burstSeconds = DEFAULT_BURST_SECONDS, load, proxyHops = 0 } = limits;
  const loggerInstance: FastifyBaseLogger = options.logger;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would add a sixth to the CPU time of a small request. Log lines add the request id themselves.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    bodyLimit: 64 * 1024,
    // Not a number: Fastify cannot verify the last hop and would trust no proxy. On AWS only the load balancer reaches a task.
    trustProxy: (_address, hop) => hop < proxyHops,
    requestTimeout: requestTimeoutMs,
    // Longer than the 60 s of a load balancer, which responds 502 if we close a connection that it reuses.
    keepAliveTimeout: 65_000,
    // Closes connections of peers that vanished or do not read.
    connectionTimeout: 60_000,
    // Headers are small: a client that sends them slowly occupies connections (slowloris).
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000, requireHostHeader: false },
    // Requests on open connections are still handled during a graceful shutdown.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 },
    rewriteUrl: originFormOf,
    frameworkErrors: (error, request, reply) => {
      // Fastify runs no hooks and does not apply `trustProxy` to such a request.
      if (proxyHops > 0 && isForwardedSecurely(request.headers)) requireTls(reply);
      allowOrigin(corsOrigins, request, reply);
      runWithTrace(traceparentOf(request), () => sendProblem(error, request, reply));
    },
    clientErrorHandler: respondToParserError,
  }).withTypeProvider<ZodTypeProvider>();

  app.decorate('draining', false);
  app.decorate('startChecks', []);
  prepareServer(app.server);
  app.setErrorHandler(sendProblem);
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => {
    const validate = compileValidator(schema, httpPart as RequestPart);
    if (httpPart !== 'headers') return validate;
    // Headers are validated but not replaced: Fastify would merge the parsed values into them on every access.
    return (headers) => {
      const result = validate(headers);
      return 'error' in result ? result : {};
    };
  });
  app.setSerializerCompiler(() => (response) => JSON.stringify(response));
  registerMessageChecks(app);
  registerResponseHeaders(app);
  await registerCors(app, corsOrigins);
  registerJson(app);
  if (load) registerShedding(app, { ...load, metrics });
  else app.decorateRequest('idle', withoutLimit);
  registerTrace(app, options.tracer);
  registerAudit(app, options.logger);
  if (unitsPerSecond === undefined) app.decorateRequest('charge', chargeNothing);
  registerAdmission(
    app,
    auth && countRejectedTokens(auth, metrics),
    unitsPerSecond === undefined
      ? undefined
      : createRateLimit(app, { unitsPerSecond, burstSeconds, metrics }),
  );
  registerIdempotency(app);
  registerRequestLog(app);
  registerRequestMetrics(app, metrics);
  registerHandlerTimeout(app);
  if (options.validateResponses) app.addHook('onSend', checkResponses);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (app.draining) reply.header('connection', 'close');
    done();
  });
  registerEntityTags(app);
  await registerCompression(app);
  registerLengths(app);
  await registerOpenApi(app, options, auth !== undefined);
  registerHealth(app, health.ready);
  return app;
}

/**
 * Graceful shutdown: the app reports that it is not ready, finishes the requests in flight and closes every connection.
 * Requests that take longer than `deadlineMs` are cut off.
 */
export async function closeGracefully(app: App, deadlineMs = 20_000): Promise<void> {
  app.draining = true;
  // A response whose headers were sent before the shutdown keeps its connection alive.
  const idleCheck = setInterval(() => app.server.closeIdleConnections(), 100);
  const deadline = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
  try {
    await app.close();
  } finally {
    clearInterval(idleCheck);
    clearTimeout(deadline);
  }
}
