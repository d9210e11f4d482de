import { METHODS } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import httpProxy from '@fastify/http-proxy';
import { closeGracefully } from '@tandem/chassis/http/app';
import { prepareServer, respondToParserError } from '@tandem/chassis/http/connection';
import { requestIdOf } from '@tandem/chassis/http/hooks';
import { originFormOf, registerMessageChecks } from '@tandem/chassis/http/message';
import { registerRouteMethods } from '@tandem/chassis/http/methods';
import { sendProblem } from '@tandem/chassis/http/problem';
import { NO_STORE, protect } from '@tandem/chassis/http/response-headers';
import type { ZodTypeProvider } from '@tandem/chassis/http/schema';
import { registerShedding } from '@tandem/chassis/http/shedding';
import type { App } from '@tandem/chassis/http/types';
import type { LoadLimits } from '@tandem/chassis/limits';
import { createMetrics } from '@tandem/chassis/metrics';
import { urlOf } from '@tandem/chassis/service';
import { subsetOf } from '@tandem/contracts/subset';
import { mapServices, type ServiceName } from '@tandem/contracts/topology';
import Fastify from 'fastify';
import { type ConsoleOptions, registerConsole } from '@tandem/console/routes';
import { localKeySet } from '@tandem/emulators/issuer';
import { reachableHostOf } from './addresses.ts';
import { balance } from './balance.ts';
import type { Forwarding } from './forwarding.ts';
import { docsPathOf, frontPage, registerDocuments } from './front-page.ts';
import { forward, respondAtLastHop } from './forward.ts';
import { hasNoHopLeft, requestHeaders, responseHeaders } from './forwarded-headers.ts';
import { reportRequests } from './request-steps.ts';
import { trackIdleConnections } from './idle-connections.ts';

/** Gateway: the local substitute for the load balancer. */
export interface Gateway {
  readonly url: string;
  /**
   * Stops gracefully: for `drainMs` requests are still accepted, and each response closes its connection, so that no client
   * sends its next request on a closed connection. Then finishes the requests in flight.
   */
  stop(drainMs?: number): Promise<void>;
}

export type Urls = readonly [string, ...string[]];

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Base URLs of the instances of each service that runs; at least one. */
  readonly upstreams: Readonly<Record<ServiceName, Urls>>;
  readonly forwarding: Forwarding;
  readonly load: LoadLimits;
  /** Console options; without them there is no console. */
  readonly console?: ConsoleOptions;
}

/** Longer than an import may take: the service is to time out first. */
const UPSTREAM_TIMEOUT_MS = 11 * 60 * 1000;

/**
 * Starts the gateway. It forwards each path of the topology to its service, in round-robin order over the instances, also that of
 * its documentation, and serves `/`, `/health`, the AsyncAPI document, the JWKS, and the console if there is one.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host, port, upstreams, forwarding, load } = options;
  const names = Object.keys(upstreams) as ServiceName[];
  const topology = subsetOf(names);
  const app = Fastify({
    logger: false,
    genReqId: requestIdOf,
    return503OnClosing: false,
    requestTimeout: UPSTREAM_TIMEOUT_MS,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000, requireHostHeader: false },
    rewriteUrl: originFormOf,
    routerOptions: { maxParamLength: 16 * 1024 },
    frameworkErrors: sendProblem,
    clientErrorHandler: respondToParserError,
  }).withTypeProvider<ZodTypeProvider>();
  prepareServer(app.server);
  registerMessageChecks(app);
  registerRouteMethods(app, { documentation: '/' });
  const httpMethods = acceptAllMethods(app);
  registerShedding(app, { ...load, metrics: createMetrics() });
  // A forwarded response has those of its service instead.
  app.addHook('onRequest', async (request, reply) => protect(request, reply, NO_STORE));
  app.decorate('draining', false);
  app.addHook('onSend', async (_request, reply) => {
    if (app.draining) reply.header('connection', 'close');
  });
  app.setErrorHandler(sendProblem);

  const instances = mapServices((service) => balance(upstreams[service]), names);
  app.addHook('onClose', async () => {
    for (const group of Object.values(instances)) group[Symbol.dispose]();
  });
  const recordRequest = options.console && reportRequests(app, options.console.eventBuffer.append);

  for (const name of names) {
    const group = instances[name];
    const { paths } = topology.services[name];
    const docs = docsPathOf(name);
    for (const prefix of paths.length > 0 ? [...paths, docs] : []) {
      await app.register(httpProxy, {
        prefix,
        rewritePrefix: prefix === docs ? '/docs' : prefix,
        upstream: upstreams[name][0],
        httpMethods,
        http: { requestOptions: { timeout: UPSTREAM_TIMEOUT_MS } },
        handler: (request, reply, path, options) => {
          // The links of the page are relative to its directory.
          if (request.url === docs) return reply.redirect(`${docs}/`, 308);
          if (hasNoHopLeft(request)) return respondAtLastHop(request, reply);
          recordRequest?.(request, name);
          forward(reply, { service: name, instances: group, path, options });
          return reply;
        },
        replyOptions: {
          // The default retries a GET up to ten times at a service that sheds load.
          retryDelay: () => null,
          rewriteRequestHeaders: (request, headers) =>
            forwarding.append(requestHeaders(request, headers), request.ip),
          rewriteHeaders: responseHeaders,
        },
      });
    }
  }

  const urls = mapServices((service) => upstreams[service][0], names);
  const page = frontPage(names);
  const urlOfGateway = () => urlOf(reachableHostOf(host), (app.server.address() as AddressInfo).port);
  if (options.console) {
    const view = {
      urls: () => ({ ...urls, gateway: urlOfGateway() }),
      topology,
      isReady: (service: ServiceName) => instances[service].isAnyReady(),
    };
    const consoleOptions = { ...options.console, ...view };
    await app.register(async (scope) => registerConsole(scope as App, consoleOptions), {
      prefix: '/console',
    });
  }
  const hasConsole = options.console !== undefined;
  await app.register(async (scope) => registerDocuments(scope as App, { page, hasConsole }));
  app.get('/.well-known/jwks.json', () => localKeySet());
  app.get('/health', { config: { system: true } }, async (_request, reply) => {
    const ready = await Promise.all(
      names.map(async (service) => [service, await instances[service].isAnyReady()] as const),
    );
    const healthy = ready.every(([, isReady]) => isReady);
    return reply
      .code(healthy ? 200 : 503)
      .send({ status: healthy ? 'ok' : 'starting', services: Object.fromEntries(ready) });
  });

  const idleConnections = trackIdleConnections(app.server);
  await app.listen({ host, port, backlog: 4096 });
  return {
    url: urlOfGateway(),
    async stop(drainMs = 0) {
      app.draining = true;
      await delay(drainMs);
      await hasAcceptedAll(app.server);
      const ending = setInterval(idleConnections.end, 100);
      await closeGracefully(app).finally(() => clearInterval(ending));
    },
  };
}

/** Lets the app forward requests with any method but CONNECT; returns the methods. The service decides which it allows. */
function acceptAllMethods(app: App): string[] {
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  for (const method of methods)
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  return methods;
}

/**
 * Resolves, within a second, after a turn of the event loop without a new connection. A connection that still waits to be
 * accepted when the server stops listening is reset, with the request on it. Each turn accepts one.
 */
async function hasAcceptedAll(server: Server): Promise<void> {
  let hasAccepted = true;
  const onConnection = () => void (hasAccepted = true);
  server.on('connection', onConnection);
  for (const end = performance.now() + 1_000; hasAccepted && performance.now() < end;) {
    hasAccepted = false;
    await setImmediate();
  }
  server.off('connection', onConnection);
}
