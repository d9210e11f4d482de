import type { ServiceName } from '@tandem/contracts/topology';
import type { Kill } from './protocol.ts';
import type { ReadinessOf } from './readiness.ts';

/** A service that still responds so soon after a kill has not ended yet. */
const ENDING_MS = 500;

/** Services that were killed and are not back. */
export interface Kills {
  add(service: ServiceName): void;
  /** Forgets the services that are ready again, and returns the others. */
  list(readinessOf: ReadinessOf): readonly Kill[];
}

/** @param restartMs expected time from a kill to the return of a service. */
export function createKills(restartMs: number, now: () => number = () => Date.now()): Kills {
  const kills = new Map<ServiceName, Kill>();
  return {
    add(service) {
      const at = now();
      kills.set(service, { service, at, backAt: at + restartMs });
    },
    list(readinessOf) {
      for (const { service, at } of kills.values()) {
        const { isReady, readyAt = 0 } = readinessOf(service);
        if (isReady && readyAt > at + ENDING_MS) kills.delete(service);
      }
      return [...kills.values()];
    },
  };
}
