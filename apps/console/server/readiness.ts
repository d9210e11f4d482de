import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '@tandem/contracts/topology';
import type { ServiceState } from './protocol.ts';

/** How long a check may take before its result is left to the next one: a hung service must not delay the others. */
const WAIT_MS = 500;
/** Silence after which a service does not count as ready. */
const SILENT_MS = 1_500;

export type ReadinessOf = (service: ServiceName) => Pick<ServiceState, 'isReady' | 'readyAt'>;

/** Readiness of the services, by checks of which one runs at a time for each. */
export function createReadiness(
  services: readonly ServiceName[],
  isReady: (service: ServiceName) => Promise<boolean>,
  now: () => number = () => Date.now(),
): { readonly check: () => Promise<void>; readonly of: ReadinessOf } {
  const ready = new Set<ServiceName>();
  const readyAt = new Map<ServiceName, number>();
  const running = new Map<ServiceName, { readonly since: number; readonly done: Promise<void> }>();
  const start = async (service: ServiceName): Promise<void> => {
    const isReadyNow = await isReady(service);
    running.delete(service);
    if (!isReadyNow) return void ready.delete(service);
    ready.add(service);
    readyAt.set(service, now());
  };
  return {
    /** Checks all services; resolves once they have responded, or after half a second. */
    async check() {
      for (const service of services)
        if (!running.has(service)) running.set(service, { since: now(), done: start(service) });
      const all = Promise.all([...running.values()].map(({ done }) => done));
      await Promise.race([all, delay(WAIT_MS, undefined, { ref: false })]);
    },
    of(service) {
      const [at, check] = [readyAt.get(service), running.get(service)];
      const isSilent = check !== undefined && now() - check.since > SILENT_MS;
      return { isReady: ready.has(service) && !isSilent, ...(at !== undefined && { readyAt: at }) };
    },
  };
}
