import type { AddressInfo } from 'node:net';
import { closeGracefully } from './http/app.ts';
import type { App } from './http/types.ts';

/** Work beside the requests, such as a consumer. */
export interface Worker {
  /** Takes nothing more, finishes what is in hand, then resolves. */
  stop(): Promise<void>;
}

/** A service that can be run: its HTTP side and its consumers. */
export interface Service {
  readonly app: App;
  /** Answers requests and consumes events from now on; port 0 takes any free one. Rejects with EADDRINUSE. */
  start(address: { host: string; port: number }): Promise<{ readonly url: string }>;
  /** Takes nothing more, finishes what is in hand, requests and messages, then resolves. */
  stop(): Promise<void>;
}

export function createService(app: App, startWorkers: () => readonly Worker[]): Service {
  let workers: readonly Worker[] = [];
  return {
    app,
    async start({ host, port }) {
      await app.listen({ host, port });
      workers = startWorkers();
      const address = app.server.address() as AddressInfo;
      return { url: `http://${host}:${address.port}` };
    },
    async stop() {
      await Promise.all([closeGracefully(app), ...workers.map((worker) => worker.stop())]);
    },
  };
}
