import type { QueueName, ServiceName } from '@tandem/contracts/topology';
import type { Entry } from './ledger.ts';
import type { Lockstep } from './lockstep.ts';
import type { Call, Sent } from './instrument-client.ts';

/** A call of DynamoDB with its cause: the request itself, or the types of the events being applied. */
export interface Caused extends Entry {
  readonly service: ServiceName;
  readonly api: string;
  readonly cause: string;
}

/** Everything recorded since the last call of `take`. */
export interface Taken {
  readonly store: readonly Caused[];
  readonly sent: readonly Sent[];
  readonly calls: readonly Call[];
  /** Messages received, by type of event. */
  readonly received: Readonly<Record<string, number>>;
  /** Log lines of the services. */
  readonly lines: readonly string[];
}

export const REQUEST = 'request';

/** Records the calls, messages and logs of a test system. */
export function createTally(lockstep: Lockstep) {
  let store: Caused[] = [];
  let sent: Sent[] = [];
  let calls: Call[] = [];
  let received: Record<string, number> = {};
  let lines: string[] = [];
  const applying = new Map<QueueName, string>();

  return {
    stored(service: ServiceName, api: string, entry: Entry) {
      const queue = lockstep.consuming(service);
      store.push({ service, api, cause: queue ? (applying.get(queue) ?? '?') : REQUEST, ...entry });
      for (const table of entry.changes) lockstep.changed(table);
    },
    onSent: (messages: readonly Sent[]) => void sent.push(...messages),
    onCall: (call: Call) => void calls.push(call),
    onReceived(queue: QueueName, eventTypes: readonly string[]) {
      applying.set(queue, [...new Set(eventTypes)].sort().join('+'));
      for (const type of eventTypes) received[type] = (received[type] ?? 0) + 1;
    },
    logged: (line: string) => void lines.push(line),
    take(): Taken {
      const taken = { store, sent, calls, received, lines };
      [store, sent, calls, received, lines] = [[], [], [], {}, []];
      return taken;
    },
  };
}

export type Tally = ReturnType<typeof createTally>;
