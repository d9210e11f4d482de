import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultAt, FaultName } from './protocol.ts';

/** The faults that are switched on in this process. */
export interface Faults {
  readonly list: () => readonly FaultAt[];
  /** These are on from now on, and no others. */
  replace(list: readonly FaultAt[]): void;
  isOn(fault: FaultName, service: ServiceName): boolean;
  /** Resolves once it is off. */
  untilOff(fault: FaultName, service: ServiceName): Promise<void>;
  /** Resolves after so many milliseconds, at once when nothing is to wait any more. */
  pause(ms: number): Promise<void>;
  /** Switches all of them off for good: who waits goes on, so that a system can stop. */
  close(): void;
}

export function createFaults(): Faults {
  const changes = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const { signal } = closing;
  let current: readonly FaultAt[] = [];
  const isOn: Faults['isOn'] = (fault, service) =>
    current.some((it) => it.fault === fault && it.service === service);
  const become = (list: readonly FaultAt[]) => {
    current = list;
    changes.emit('change');
  };
  return {
    list: () => current,
    replace: (list) => {
      if (!signal.aborted) become(list);
    },
    isOn,
    async untilOff(fault, service) {
      while (isOn(fault, service)) await once(changes, 'change');
    },
    pause: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
    close() {
      closing.abort();
      become([]);
    },
  };
}
