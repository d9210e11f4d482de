import type { AddressInfo, Server } from 'node:net';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import httpProxy from '@fastify/http-proxy';
import { DomainError } from '@tandem/chassis/errors';
import { closeGracefully } from '@tandem/chassis/http/app';
import { requestIdOf } from '@tandem/chassis/http/hooks';
import { answerParserError, sendProblem } from '@tandem/chassis/http/problem';
import type { ZodTypeProvider } from '@tandem/chassis/http/schema';
import { registerShedding } from '@tandem/chassis/http/shedding';
import type { App } from '@tandem/chassis/http/types';
import type { LoadLimits } from '@tandem/chassis/limits';
import { createMetrics } from '@tandem/chassis/metrics';
import { urlOf } from '@tandem/chassis/service';
import { asyncApiDocument } from '@tandem/contracts/asyncapi';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import Fastify from 'fastify';
import { registerPage } from '@tandem/console/page';
import { type ConsoleOptions, registerConsole } from '@tandem/console/routes';
import { localKeySet } from '@tandem/emulators/issuer';
import { balance, type Instances } from './balance.ts';
import type { Forwarding } from './forwarding.ts';
import { frontPage } from './front-page.ts';
import { passOn } from './pass-on.ts';
import { reportRequests } from './request-steps.ts';
import { watchSilent } from './silent.ts';

/** What stands in for the load balancer. */
export interface Gateway {
  readonly url: string;
  /**
   * Finishes what is in flight. For `drainMs` before that, requests are still taken, and each answer closes its
   * connection: a client that is at it meets no connection that is closed under its next request.
   */
  stop(drainMs?: number): Promise<void>;
}

export type Urls = readonly [string, ...string[]];

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Where each instance of a service answers; one at least. */
  readonly upstreams: Readonly<Record<ServiceName, Urls>>;
  readonly forwarding: Forwarding;
  readonly load: LoadLimits;
  /** Serves the console, which watches this system; nothing watches it unless given. */
  readonly console?: ConsoleOptions;
}

/** Longer than an import may take, which is the service's to end. */
const UPSTREAM_TIMEOUT_MS = 11 * 60 * 1000;

/**
 * Sends each path of the topology to its service, whose instances take turns; answers `/`, `/health`, the event contract and
 * the token keys itself, and the console where there is one.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { host, port, upstreams, forwarding, load } = options;
  const app = Fastify({
    logger: false,
    genReqId: requestIdOf,
    return503OnClosing: false,
    requestTimeout: UPSTREAM_TIMEOUT_MS,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000 },
    routerOptions: { maxParamLength: 16 * 1024 },
    frameworkErrors: sendProblem,
    clientErrorHandler: answerParserError,
  }).withTypeProvider<ZodTypeProvider>();
  registerShedding(app, { ...load, metrics: createMetrics() });
  app.decorate('draining', false);
  app.addHook('onSend', async (_request, reply) => {
    if (app.draining) reply.header('connection', 'close');
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(({ url }) => {
    throw new DomainError('notFound', 'route-not-found', `nothing answers at ${url}`);
  });

  const instances = { product: balance(upstreams.product), cart: balance(upstreams.cart) };
  app.addHook('onClose', async () => {
    for (const some of Object.values(instances)) some[Symbol.dispose]();
  });
  const services = Object.entries(instances) as [ServiceName, Instances][];
  const note = options.console && reportRequests(app, options.console.hub.hear);

  for (const [name, some] of services) {
    for (const prefix of topology.services[name].paths) {
      await app.register(httpProxy, {
        prefix,
        rewritePrefix: prefix,
        upstream: upstreams[name][0],
        http: { requestOptions: { timeout: UPSTREAM_TIMEOUT_MS } },
        handler: (request, reply, path, options) => {
          note?.(request, name);
          passOn(reply, { service: name, instances: some, path, options });
          return reply;
        },
        replyOptions: {
          // By default a GET is tried eleven times at a service that sheds.
          retryDelay: () => null,
          rewriteRequestHeaders: ({ ip }, headers) => forwarding.append(headers, ip),
        },
      });
    }
  }

  const page = frontPage({ product: upstreams.product[0], cart: upstreams.cart[0] });
  const urlOfGateway = () => urlOf(host, (app.server.address() as AddressInfo).port);
  if (options.console) {
    const view = {
      urls: () => ({ gateway: urlOfGateway(), product: upstreams.product[0], cart: upstreams.cart[0] }),
      isReady: (service: ServiceName) => instances[service].isAnyReady(),
    };
    const given = { ...options.console, ...view };
    await app.register(async (room) => registerConsole(room as App, given), { prefix: '/console' });
    await registerPage(app, page);
  } else app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/asyncapi.json', () => asyncApiDocument());
  app.get('/.well-known/jwks.json', () => localKeySet());
  app.get('/health', { config: { system: true } }, async (_request, reply) => {
    const ready = await Promise.all(
      services.map(async ([name, some]) => [name, await some.isAnyReady()] as const),
    );
    const healthy = ready.every(([, ok]) => ok);
    return reply
      .code(healthy ? 200 : 503)
      .send({ status: healthy ? 'ok' : 'starting', services: Object.fromEntries(ready) });
  });

  const silent = watchSilent(app.server);
  await app.listen({ host, port, backlog: 4096 });
  return {
    url: urlOfGateway(),
    async stop(drainMs = 0) {
      app.draining = true;
      await delay(drainMs);
      await hasAcceptedAll(app.server);
      const ending = setInterval(silent.end, 100);
      await closeGracefully(app).finally(() => clearInterval(ending));
    },
  };
}

/**
 * Resolves, within a second, in a turn of the event loop in which no connection waited to be accepted: one that does is
 * reset with what its client has sent when nobody listens any more. A turn accepts one.
 */
async function hasAcceptedAll(server: Server): Promise<void> {
  let hasAccepted = true;
  const note = () => void (hasAccepted = true);
  server.on('connection', note);
  for (const end = performance.now() + 1_000; hasAccepted && performance.now() < end;) {
    hasAccepted = false;
    await setImmediate();
  }
  server.off('connection', note);
}
