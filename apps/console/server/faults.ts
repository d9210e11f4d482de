import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultAt, FaultName } from './protocol.ts';

/** Active faults of the whole system. */
export interface SystemFaults {
  readonly list: () => readonly FaultAt[];
  /** Replaces the list of active faults; with several processes, once all have the new one. */
  readonly replace: (list: readonly FaultAt[]) => void | Promise<void>;
}

/** Active faults of this process. */
export interface Faults {
  readonly list: () => readonly FaultAt[];
  /** Replaces the list of active faults. */
  replace(list: readonly FaultAt[]): void;
  isOn(fault: FaultName, service: ServiceName): boolean;
  /** Resolves once a fault is off. */
  untilOff(fault: FaultName, service: ServiceName): Promise<void>;
  /** Resolves after `ms` milliseconds, or immediately after {@link close}. */
  pause(ms: number): Promise<void>;
  /** Switches all faults off permanently and resumes all waiting calls, so that the system can stop. */
  close(): void;
}

export function createFaults(): Faults {
  const changes = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const { signal } = closing;
  let current: readonly FaultAt[] = [];
  const isOn: Faults['isOn'] = (fault, service) =>
    current.some((active) => active.fault === fault && active.service === service);
  const update = (list: readonly FaultAt[]) => {
    current = list;
    changes.emit('change');
  };
  return {
    list: () => current,
    replace: (list) => {
      if (!signal.aborted) update(list);
    },
    isOn,
    async untilOff(fault, service) {
      while (isOn(fault, service)) await once(changes, 'change');
    },
    pause: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
    close() {
      closing.abort();
      update([]);
    },
  };
}
