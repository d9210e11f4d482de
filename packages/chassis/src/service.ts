import { type AddressInfo, isIPv6 } from 'node:net';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { closeGracefully } from './http/app.ts';
import type { Authenticator } from './http/auth.ts';
import type { App } from './http/types.ts';
import type { Running } from './lifecycle.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Tracer } from './trace.ts';

/** Dependencies that every service has. */
export interface CommonDeps {
  readonly sqs: SQSClient;
  readonly auth: Authenticator;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer?: Tracer | undefined;
  readonly limits?: Limits;
  /** For tests: fails responses that do not match the schema of their route. */
  readonly validateResponses?: boolean;
  /** Pause of the consumer after a batch that was not full, in milliseconds. Default: 0. */
  readonly receivePauseMs?: number;
}

/** A service that can be run: its HTTP app and its consumers. */
export interface Service extends Running {
  readonly app: App;
  /** Starts to serve requests and to consume events. Port 0 means any free port. Rejects with EADDRINUSE. */
  start(address: { host: string; port: number }): Promise<{ readonly url: string }>;
}

export function createService(app: App, startWorkers: () => readonly Running[]): Service {
  let workers: readonly Running[] = [];
  return {
    app,
    async start({ host, port }) {
      await app.listen({ host, port, backlog: 4096 });
      workers = startWorkers();
      const address = app.server.address() as AddressInfo;
      return { url: urlOf(host, address.port) };
    },
    async stop() {
      await Promise.all([closeGracefully(app), ...workers.map((worker) => worker.stop())]);
    },
  };
}

/** The URL of a host name or address, IPv6 ones included. */
export function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
