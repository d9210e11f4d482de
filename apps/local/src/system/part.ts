import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '@tandem/chassis/lifecycle';
import type { Logger } from '@tandem/chassis/logger';
import type { Service } from '@tandem/chassis/service';

/** Service in this process, with a simulated crash and restart. */
export interface Part extends Running {
  readonly url: string;
  /** Simulates a crash: closes all connections, stops, and restarts on the same port after three seconds. */
  kill(): void;
}

/** Downtime of a simulated crash in milliseconds: long enough to be visible. */
export const DOWNTIME_MS = 3_000;

/** Starts the service that `create` returns, a new one after each crash. Rejects with EADDRINUSE when the port is in use. */
export async function startPart(
  create: () => Promise<Service>,
  address: { readonly host: string; readonly port: number },
  log: Pick<Logger, 'error'>,
): Promise<Part> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let service: Service | undefined;
  let restarting: Promise<void> | undefined;

  const start = async (port: number) => {
    const created = await create();
    try {
      const { url } = await created.start({ host: address.host, port });
      service = created;
      return url;
    } catch (error) {
      await created.stop();
      throw error;
    }
  };
  const end = async () => {
    const ended = service;
    service = undefined;
    const stopped = ended?.stop();
    ended?.app.server.closeAllConnections();
    await stopped;
  };

  const url = await start(address.port);
  const restart = async () => {
    await end();
    for (;;) {
      await delay(DOWNTIME_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await start(Number(new URL(url).port));
        return;
      } catch (err) {
        log.error({ err }, 'service restart failed, will retry');
      }
    }
  };
  return {
    url,
    kill() {
      restarting ??= restart().finally(() => (restarting = undefined));
    },
    async stop() {
      stopping.abort();
      await restarting;
      await service?.stop();
    },
  };
}
