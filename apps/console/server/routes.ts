import { isIP } from 'node:net';
import { DomainError } from '@tandem/chassis/errors';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { registerAdmission } from '@tandem/chassis/http/hooks';
import { registerJson } from '@tandem/chassis/http/json-body';
import { compileValidator, type RequestPart } from '@tandem/chassis/http/schema';
import type { App } from '@tandem/chassis/http/types';
import { type QueueName, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { z } from 'zod';
import { registerTables, type ServedTables } from '@tandem/audit/routes';
import { localTarget } from '@tandem/dlq/target';
import type { SaveRecord } from '@tandem/dlq/record';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { registerDeadLetters } from './dead-letters.ts';
import type { Faults } from './faults.ts';
import type { EventBuffer } from './event-buffer.ts';
import { sendPoisonMessage } from './poison.ts';
import { type About, canOccur, faultNames } from './protocol.ts';
import { createStatusPoller } from './status-poller.ts';
import { createStream } from './stream.ts';

/** System behind the console: its telemetry, faults, processes and tables. */
export interface ConsoleOptions {
  readonly mode: About['mode'];
  readonly eventBuffer: EventBuffer;
  /** Active faults of the whole system. */
  readonly faults: Pick<Faults, 'list' | 'replace'>;
  /** Kills a service, which is then restarted. */
  readonly kill: (service: ServiceName) => void;
  /** Endpoint of SNS and SQS. */
  readonly endpoint: string;
  /** Saves the record of a redrive. */
  readonly saveRecord: SaveRecord;
  /** Tables of the services, for an audit. */
  readonly tables: ServedTables;
}

/** URLs and readiness of the services, as known to the gateway. */
export interface GatewayView {
  readonly urls: () => Omit<About['urls'], 'aws'>;
  readonly isReady: (service: ServiceName) => Promise<boolean>;
}

const demoUsers = ['alice', 'bob'] as const;
const queues = Object.keys(topology.queues) as QueueName[];

const operator = { scope: 'operator' };
const service = z.enum(serviceNames);
const signInBody = z.strictObject({ user: z.enum(demoUsers) });
const faultBody = z
  .strictObject({ fault: z.enum(faultNames), service, isOn: z.boolean() })
  .refine((fault) => canOccur(fault), 'The service has no part that this fault affects.');
const killBody = z.strictObject({ service });
const poisonBody = z.strictObject({ queue: z.enum(queues) });

/**
 * Registers the console routes of protocol.ts below the prefix of `app`. Every POST requires JSON, so that a cross-origin
 * page needs a CORS preflight, which fails.
 */
export async function registerConsole(app: App, options: ConsoleOptions & GatewayView): Promise<void> {
  const { mode, eventBuffer, faults, kill, endpoint, saveRecord, tables, urls, isReady } = options;
  const target = localTarget(endpoint);
  const pollStatus = createStatusPoller({ metrics: eventBuffer.metrics, faults, target, isReady });
  const stream = createStream({ eventBuffer, state: pollStatus });
  app.addHook('preClose', () => stream.close());
  app.addHook('onClose', async () => target[Symbol.dispose]());

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
  // System route: a stream would hold one of the few concurrency slots permanently.
  app.get('/events', { config: { system: true }, exposeHeadRoute: false }, async (request, reply) => {
    stream.open(reply.raw, String(request.headers['last-event-id'] ?? ''));
    reply.hijack();
  });
  app.get(
    '/events/:eventId',
    { config: operator, schema: { params: z.object({ eventId: z.string() }) } },
    async ({ params }) => {
      const body = eventBuffer.bodyOf(params.eventId);
      if (body === undefined)
        throw new DomainError(
          'notFound',
          'event-not-kept',
          'The event is no longer buffered. Only the latest published events can be read.',
        );
      return { body };
    },
  );
  app.post('/sign-in', { schema: { body: signInBody } }, async ({ body: { user } }) => ({
    token: await mintToken({ subject: user, scopes: [] }),
  }));

  app.post('/faults', { config: operator, schema: { body: faultBody } }, async ({ body }, reply) => {
    const { fault, service, isOn } = body;
    const remaining = faults.list().filter((active) => active.fault !== fault || active.service !== service);
    faults.replace(isOn ? [...remaining, { fault, service }] : remaining);
    return reply.code(204).send();
  });
  app.post('/kill', { config: operator, schema: { body: killBody } }, async ({ body }, reply) => {
    kill(body.service);
    return reply.code(202).send();
  });
  app.post('/poison', { config: operator, schema: { body: poisonBody } }, async ({ body }, reply) =>
    reply.code(202).send(await sendPoisonMessage(target, body.queue)),
  );
  registerDeadLetters(app, { target, saveRecord });
  registerTables(app, tables);
}

/**
 * Rejects a Host header that is not a name or address of this machine: protects the routes without a token against DNS
 * rebinding.
 */
function requireOwnHost(hostname: string, ownHostname: string): void {
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || hostname === ownHostname)
    return;
  throw new DomainError(
    'forbidden',
    'foreign-host',
    `The host ${hostname} is not allowed. Open the console at localhost or at an IP address.`,
  );
}
