import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '@tandem/chassis/lifecycle';
import type { Logger } from '@tandem/chassis/logger';
import type { Service } from '@tandem/chassis/service';

/** A service of this process, which can end as a process ends, and come back. */
export interface Part extends Running {
  readonly url: string;
  /** Cuts its connections and stops it; it is started again at the same port after three seconds. */
  kill(): void;
}

/** About as long as a process takes to be started again where it matters: long enough to be seen. */
const AWAY_MS = 3_000;

/** Starts a service that `create` makes, anew each time. Rejects with EADDRINUSE. */
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
    for (let isBack = false; !isBack;) {
      await delay(AWAY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      isBack = await start(Number(new URL(url).port)).then(
        () => true,
        (err: unknown) => {
          log.error({ err }, 'service not started again, trying later');
          return false;
        },
      );
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
