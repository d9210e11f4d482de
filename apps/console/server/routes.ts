import { isIP } from 'node:net';
import { registerTables, type ServedTables } from '@tandem/audit/routes';
import { DomainError } from '@tandem/chassis/errors';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { registerCompression } from '@tandem/chassis/http/compression';
import { registerLengths } from '@tandem/chassis/http/head';
import { registerAdmission } from '@tandem/chassis/http/hooks';
import { registerJson } from '@tandem/chassis/http/json-body';
import { compileValidator, type RequestPart } from '@tandem/chassis/http/schema';
import type { App } from '@tandem/chassis/http/types';
import type { ServiceName, Topology } from '@tandem/contracts/topology';
import type { Records } from '@tandem/dlq/record';
import { localTarget } from '@tandem/dlq/target';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';
import { z } from 'zod';
import { registerDeadLetters } from './dead-letters.ts';
import type { EventBuffer } from './event-buffer.ts';
import { registerFaults } from './fault-routes.ts';
import type { SystemFaults } from './faults.ts';
import { registerImport } from './import.ts';
import { createKills } from './kills.ts';
import { createHistory, SAMPLE_MS } from './metrics-history.ts';
import type { About } from './protocol.ts';
import { registerRepublish } from './republish.ts';
import { createStatusPoller } from './status-poller.ts';
import { createStream } from './stream.ts';
import { registerStream } from './stream-routes.ts';
import { requireThisMachine } from './this-machine.ts';
import { registerTraces } from './traces.ts';

/** System behind the console: its telemetry, faults, processes and tables. */
export interface ConsoleOptions {
  readonly mode: About['mode'];
  readonly traceUrl: About['traceUrl'];
  readonly eventBuffer: EventBuffer;
  /** Active faults of the whole system. */
  readonly faults: SystemFaults;
  /** Kills a service, which is then restarted. */
  readonly kill: (service: ServiceName) => void;
  /** Expected time from a kill to the return of a service, in milliseconds. */
  readonly restartMs: number;
  /** Endpoint of SNS and SQS. */
  readonly endpoint: string;
  /** Log of redrives, discards and events that were published again. */
  readonly records: Records;
  /** Tables of the services, for an audit. */
  readonly tables: ServedTables;
}

/** Topology, URLs and readiness of the services that run, as known to the gateway. */
export interface GatewayView {
  readonly topology: Topology;
  readonly urls: () => Omit<About['urls'], 'aws'>;
  readonly isReady: (service: ServiceName) => Promise<boolean>;
}

const demoUsers = ['alice', 'bob'] as const;

const signInBody = z.strictObject({ user: z.enum(demoUsers) });

/**
 * Registers the console routes of protocol.ts below the prefix of `app`. Every POST requires JSON, so that a cross-origin
 * page needs a CORS preflight, which fails. Other machines may only watch: signing in and all that an operator may do needs a
 * request of this machine.
 */
export async function registerConsole(app: App, options: ConsoleOptions & GatewayView): Promise<void> {
  const { mode, eventBuffer, faults, kill, restartMs, endpoint, records, tables, topology, urls, isReady } =
    options;
  const target = localTarget(endpoint);
  const { metrics } = eventBuffer;
  const kills = createKills(restartMs);
  const state = createStatusPoller({ topology, metrics, faults, kills, target, isReady });
  const stream = createStream({ eventBuffer, state });
  const history = createHistory({ topology, metrics, state });
  const sampling = setInterval(() => void history.sample(), SAMPLE_MS).unref();
  app.addHook('preClose', () => {
    clearInterval(sampling);
    stream.close();
  });
  app.addHook('onClose', async () => target[Symbol.dispose]());

  app.addHook('onRequest', async ({ hostname }) =>
    requireOwnHost(hostname, new URL(urls().gateway).hostname),
  );
  app.addHook('onRequest', async (request) => {
    if (request.method === 'POST' || request.routeOptions.config.scope !== undefined)
      requireThisMachine(request);
  });
  await registerCompression(app);
  registerLengths(app);
  registerJson(app);
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) =>
    compileValidator(schema, httpPart as RequestPart),
  );
  registerAdmission(
    app,
    createAuthenticator({ issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, jwks: await localKeySet() }),
  );

  app.get('/about', (): About => ({
    urls: { ...urls(), aws: endpoint },
    mode,
    demoUsers,
    traceUrl: options.traceUrl,
  }));
  registerStream(app, { stream, history });
  const { traces, append } = eventBuffer;
  registerTraces(app, { traces, topology });
  registerRepublish(app, { traces, target, records, report: append });
  app.post('/sign-in', { schema: { body: signInBody } }, async ({ body: { user } }) => ({
    token: await mintToken({ subject: user, scopes: [] }),
  }));

  registerFaults(app, { topology, faults, kills, history, kill, onChange: () => stream.refresh() });
  registerDeadLetters(app, { topology, target, records });
  registerTables(app, tables);
  await registerImport(app, () => urls().gateway);
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
