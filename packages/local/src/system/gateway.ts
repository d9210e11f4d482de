import type { AddressInfo } from 'node:net';
import httpProxy from '@fastify/http-proxy';
import { DomainError } from '@tandem/chassis/errors';
import { closeGracefully } from '@tandem/chassis/http/app';
import { requestIdOf } from '@tandem/chassis/http/hooks';
import { answerParserError, sendProblem } from '@tandem/chassis/http/problem';
import type { ZodTypeProvider } from '@tandem/chassis/http/schema';
import { registerShedding } from '@tandem/chassis/http/shedding';
import type { LoadLimits } from '@tandem/chassis/limits';
import { createMetrics } from '@tandem/chassis/metrics';
import { urlOf } from '@tandem/chassis/service';
import { asyncApiDocument } from '@tandem/contracts/asyncapi';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { localKeySet } from '../issuer.ts';
import type { Forwarding } from './forwarding.ts';
import { frontPage } from './front-page.ts';

/** What stands in for the load balancer. */
export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Where each service answers. */
  readonly upstreams: Readonly<Record<ServiceName, string>>;
  readonly forwarding: Forwarding;
  readonly load: LoadLimits;
}

/** Longer than an import may take, which is the service's to end. */
const UPSTREAM_TIMEOUT_MS = 11 * 60 * 1000;

/** Sends each path of the topology to its service; answers `/`, `/health`, the event contract and the token keys itself. */
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
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(({ url }) => {
    throw new DomainError('notFound', 'route-not-found', `nothing answers at ${url}`);
  });

  for (const [name, { paths }] of Object.entries(topology.services)) {
    for (const prefix of paths) {
      await app.register(httpProxy, {
        prefix,
        rewritePrefix: prefix,
        upstream: upstreams[name as ServiceName],
        http: { requestOptions: { timeout: UPSTREAM_TIMEOUT_MS } },
        replyOptions: {
          // By default a GET is tried eleven times at a service that sheds.
          retryDelay: () => null,
          rewriteRequestHeaders: ({ ip }, headers) => forwarding.append(headers, ip),
          onError: (reply, { error }) => {
            const message = `the ${name} service does not answer`;
            const problem = new DomainError('unavailable', 'upstream-unavailable', message, { cause: error });
            sendProblem(problem, reply.request as FastifyRequest, reply as FastifyReply);
          },
        },
      });
    }
  }

  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(frontPage(upstreams)));
  app.get('/asyncapi.json', () => asyncApiDocument());
  app.get('/.well-known/jwks.json', () => localKeySet());
  app.get('/health', { config: { system: true } }, async (_request, reply) => {
    const services = Object.entries(upstreams);
    const ready = await Promise.all(services.map(async ([name, url]) => [name, await isReady(url)] as const));
    const healthy = ready.every(([, ok]) => ok);
    return reply
      .code(healthy ? 200 : 503)
      .send({ status: healthy ? 'ok' : 'starting', services: Object.fromEntries(ready) });
  });

  await app.listen({ host, port, backlog: 4096 });
  const address = app.server.address() as AddressInfo;
  return {
    url: urlOf(host, address.port),
    stop: () => closeGracefully(app),
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
