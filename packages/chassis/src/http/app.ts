import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { z } from 'zod';
import type { Limits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { runWithTrace, type Tracer } from '../trace.ts';
import type { Authenticator } from './auth.ts';
import { registerHandlerTimeout } from './handler-timeout.ts';
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
import { answerParserError, answerUnknownExpectation, sendProblem } from './problem.ts';
import { createRateLimit } from './rate-limit.ts';
import { registerRoute } from './route.ts';
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
  /** Longest time for a request to arrive, body included. Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** For tests: an answer that its schema does not describe fails. */
  readonly validateResponses?: boolean;
}

/**
 * An app without routes of its own, not yet listening. It validates by zod, answers every error as a problem
 * (RFC 9457), carries request id and trace, checks tokens, and serves `/health`, `/ready`, `/openapi.json`, `/docs`.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { auth, health, metrics, limits = {}, requestTimeoutMs = 30_000 } = options;
  const { requestsPerSecond, load, proxyHops = 0 } = limits;
  const loggerInstance: FastifyBaseLogger = options.logger;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own would be a sixth of a small request's work: what is logged of one names its id itself.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    bodyLimit: 64 * 1024,
    // A number would trust no proxy: Fastify cannot verify the last hop. On AWS only the load balancer reaches a task.
    trustProxy: (_address, hop) => hop < proxyHops,
    requestTimeout: requestTimeoutMs,
    // Longer than the 60 s of a load balancer, which answers 502 when we close a connection that it is using.
    keepAliveTimeout: 65_000,
    // A peer that has gone without a word, or reads nothing, is let go.
    connectionTimeout: 60_000,
    // Headers are small: who is slow with them holds connections open.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000, requireHostHeader: false },
    // Requests on connections that are already open are still answered while closing.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (error, request, reply) =>
      runWithTrace(traceparentOf(request), () => sendProblem(error, request, reply)),
    clientErrorHandler: answerParserError,
  }).withTypeProvider<ZodTypeProvider>();

  app.decorate('draining', false);
  app.server.on('checkExpectation', answerUnknownExpectation);
  app.setErrorHandler(sendProblem);
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => {
    const validate = compileValidator(schema, httpPart as RequestPart);
    if (httpPart !== 'headers') return validate;
    // Headers stay as they are: Fastify would merge parsed values into them on every access.
    return (headers) => {
      const result = validate(headers);
      return 'error' in result ? result : {};
    };
  });
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  registerRoute(app);
  registerJson(app);
  if (load) registerShedding(app, { ...load, metrics });
  else app.decorateRequest('idle', withoutLimit);
  registerTrace(app, options.tracer);
  registerAdmission(
    app,
    auth,
    requestsPerSecond === undefined ? undefined : await createRateLimit(app, { requestsPerSecond, metrics }),
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
  await app.register(compress, {
    // Below, the headers are most of an answer. Above, these levels make a tenth of a page of products in 0.1 ms.
    threshold: 1_024,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 16 } },
    zlibOptions: { level: 6 },
    globalDecompression: false,
  });
  await registerOpenApi(app, options, auth !== undefined);
  registerHealth(app, health.ready);
  return app;
}

/**
 * Stops an app: it is no longer ready, finishes what is in flight and closes every connection. Requests that take
 * longer than `deadlineMs` are cut off.
 */
export async function closeGracefully(app: App, deadlineMs = 20_000): Promise<void> {
  app.draining = true;
  // An answer whose headers left before we drained keeps its connection alive.
  const idle = setInterval(() => app.server.closeIdleConnections(), 100);
  const deadline = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(deadline);
  }
}
