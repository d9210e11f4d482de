import { isIP } from 'node:net';
import { DomainError } from '@tandem/chassis/errors';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { registerAdmission } from '@tandem/chassis/http/hooks';
import { registerJson } from '@tandem/chassis/http/json-body';
import { compileValidator, type RequestPart } from '@tandem/chassis/http/schema';
import type { App } from '@tandem/chassis/http/types';
import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import { z } from 'zod';
import { registerTables, type ServedTables } from '@tandem/audit/routes';
import { localPlace } from '@tandem/dlq/place';
import type { Keep } from '@tandem/dlq/record';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { registerDeadLetters } from './dead-letters.ts';
import type { Faults } from './faults.ts';
import type { Hub } from './hub.ts';
import { sendPoison } from './poison.ts';
import type { About } from './protocol.ts';
import { createPulse } from './pulse.ts';
import { createStream } from './stream.ts';

/** What the console of a system watches, and what it can do to it. */
export interface ConsoleOptions {
  readonly mode: About['mode'];
  readonly hub: Hub;
  /** Those of the whole system. */
  readonly faults: Pick<Faults, 'list' | 'replace'>;
  /** Ends a service, which is started again. */
  readonly kill: (service: ServiceName) => void;
  /** Of SNS and SQS. */
  readonly endpoint: string;
  /** Keeps what is redriven. */
  readonly keep: Keep;
  /** What the services store, for an audit. */
  readonly tables: ServedTables;
}

/** What the gateway knows of itself and of its services. */
export interface GatewayView {
  readonly urls: () => Omit<About['urls'], 'aws'>;
  readonly isReady: (service: ServiceName) => Promise<boolean>;
}

const demoUsers = ['alice', 'bob'] as const;
const services = Object.keys(topology.services) as [ServiceName, ...ServiceName[]];
const queues = Object.keys(topology.queues) as [QueueName, ...QueueName[]];

const operator = { scope: 'operator' };
const service = z.enum(services);
const signInBody = z.strictObject({ user: z.enum(demoUsers) });
const faultBody = z.strictObject({
  fault: z.enum(['consumerPaused', 'relayStopped', 'deliveriesDelayed', 'deliveriesDuplicated']),
  service,
  isOn: z.boolean(),
});
const killBody = z.strictObject({ service });
const poisonBody = z.strictObject({ queue: z.enum(queues) });

/**
 * The console's routes, as protocol.ts has them, below the prefix of `app`. Every POST demands JSON: a foreign page would
 * have to ask first whether it may send that, and is not answered.
 */
export async function registerConsole(app: App, options: ConsoleOptions & GatewayView): Promise<void> {
  const { mode, hub, faults, kill, endpoint, keep, tables, urls, isReady } = options;
  const place = localPlace(endpoint);
  const pulse = createPulse({ measures: hub.measures, faults, place, isReady });
  const stream = createStream({ hub, state: pulse });
  app.addHook('preClose', () => stream.close());
  app.addHook('onClose', async () => place[Symbol.dispose]());

  app.addHook('onRequest', async ({ hostname }) =>
    requireOwnHost(hostname, new URL(urls().gateway).hostname),
  );
  registerJson(app);
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) =>
    compileValidator(schema, httpPart as RequestPart),
  );
  registerAdmission(
    app,
    createAuthenticator({ issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, jwks: await localKeySet() }),
  );

  app.get('/about', (): About => ({ urls: { ...urls(), aws: endpoint }, mode, demoUsers }));
  // A system route: a stream would hold its turn, of which there are few, for ever.
  app.get('/events', { config: { system: true }, exposeHeadRoute: false }, async (request, reply) => {
    stream.open(reply.raw, String(request.headers['last-event-id'] ?? ''));
    reply.hijack();
  });
  app.get(
    '/events/:eventId',
    { config: operator, schema: { params: z.object({ eventId: z.string() }) } },
    async ({ params }) => {
      const body = hub.bodyOf(params.eventId);
      if (body === undefined)
        throw new DomainError(
          'notFound',
          'event-not-kept',
          'The event is not among the last ones that were published',
        );
      return { body };
    },
  );
  app.post('/sign-in', { schema: { body: signInBody } }, async ({ body: { user } }) => ({
    token: await mintToken({ subject: user, scopes: [] }),
  }));

  app.post('/faults', { config: operator, schema: { body: faultBody } }, async ({ body }, reply) => {
    const { fault, service, isOn } = body;
    const others = faults.list().filter((it) => it.fault !== fault || it.service !== service);
    faults.replace(isOn ? [...others, { fault, service }] : others);
    return reply.code(204).send();
  });
  app.post('/kill', { config: operator, schema: { body: killBody } }, async ({ body }, reply) => {
    kill(body.service);
    return reply.code(202).send();
  });
  app.post('/poison', { config: operator, schema: { body: poisonBody } }, async ({ body }, reply) =>
    reply.code(202).send(await sendPoison(place, body.queue)),
  );
  registerDeadLetters(app, { place, keep });
  registerTables(app, tables);
}

/**
 * Refuses a name that is not this machine's: a foreign page whose name was made to lead here could else read what is told
 * without a token.
 */
function requireOwnHost(hostname: string, own: string): void {
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || hostname === own) return;
  throw new DomainError(
    'forbidden',
    'foreign-host',
    `The console answers at localhost and at addresses, not at ${hostname}`,
  );
}
