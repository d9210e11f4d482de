import { type AddressInfo, isIPv6 } from 'node:net';
import { closeGracefully } from './http/app.ts';
import type { App } from './http/types.ts';
import type { Running } from './lifecycle.ts';

/** A service that can be run: its HTTP side and its consumers. */
export interface Service extends Running {
  readonly app: App;
  /** Answers requests and consumes events from now on; port 0 takes any free one. Rejects with EADDRINUSE. */
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
