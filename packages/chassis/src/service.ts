import { type AddressInfo, isIPv6 } from 'node:net';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { closeGracefully } from './http/app.ts';
import type { Authenticator } from './http/auth.ts';
import type { App } from './http/types.ts';
import type { Running } from './lifecycle.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './logger.ts';
import type { ConsumerOptions } from './messaging/consumer.ts';
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
  /** Origins whose pages may call the API from a browser. Default: none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** For tests: fails responses that do not match the schema of their route. */
  readonly validateResponses?: boolean;
  /** Pause of the consumer after a batch that was not full, in milliseconds. Default: 0. */
  readonly receivePauseMs?: number;
}

/**
 * A service that can be run, in one of two ways. A task starts it: it listens, polls its queues, and runs its workers. A
 * function does not: it feeds requests to `app` and batches of messages to `consumers` (`createFunction` of the runtime).
 */
export interface Service extends Running {
  readonly app: App;
  readonly consumers: readonly ConsumerOptions[];
  /** Starts to serve requests and to consume events. Port 0 means any free port. Rejects with EADDRINUSE. */
  start(address: { host: string; port: number }): Promise<{ readonly url: string }>;
}

/** What a service does besides serving requests. Default of each: nothing. */
export interface ServiceWork {
  readonly consumers?: readonly ConsumerOptions[];
  /**
   * Starts the background workers of a task. A function has none: between invocations its process is frozen. A service with
   * workers that is to run as functions needs what they do in a function of its own, on a schedule.
   */
  readonly startWorkers?: () => readonly Running[];
}

/** Creates a service of an app and its work. Nothing is started: what costs time in a task only is loaded by `start`. */
export function createService(
  app: App,
  { consumers = [], startWorkers = () => [] }: ServiceWork = {},
): Service {
  let running: readonly Running[] = [];
  return {
    app,
    consumers,
    async start({ host, port }) {
      const { startConsumer } = await import('./messaging/start-consumer.ts');
      await app.listen({ host, port, backlog: 4096 });
      const runningConsumers = consumers.map(startConsumer);
      app.startChecks.push(...runningConsumers.map(({ check }) => check));
      running = [...runningConsumers, ...startWorkers()];
      const address = app.server.address() as AddressInfo;
      return { url: urlOf(host, address.port) };
    },
    async stop() {
      await Promise.all([closeGracefully(app), ...running.map((part) => part.stop())]);
    },
  };
}

/** The URL of a host name or address, IPv6 ones included. */
export function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
