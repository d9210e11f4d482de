import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ServiceName } from '@tandem/contracts/topology';
import { createFaults, type Faults } from './faults.ts';
import type { FaultAt } from './protocol.ts';
import type { TelemetryMessage, Report } from './telemetry-message.ts';

/** IPC messages between the processes of a system for the console; the parent process relays them. */
export type LinkMessage =
  /** Telemetry, to the gateway. */
  | { readonly kind: 'telemetry'; readonly messages: readonly TelemetryMessage[] }
  /** Complete list of active faults, from the gateway to all other processes. */
  | { readonly kind: 'faults'; readonly id: string; readonly faults: readonly FaultAt[] }
  /** Confirmation that a process, or to the gateway that every process, has set the faults with this id. */
  | { readonly kind: 'faultsSet'; readonly id: string }
  /** Request to kill a service, from the gateway to the parent process. */
  | { readonly kind: 'kill'; readonly service: ServiceName };

/** IPC connection of a process to the other processes of the system. */
export interface Link {
  /** Active faults in this process, as set by the gateway. */
  readonly faults: Faults;
  /** Sets the active faults in all processes. Resolves once each has set them, or after a second, as one may hang. */
  readonly setFaults: (list: readonly FaultAt[]) => Promise<void>;
  /** Queues a telemetry message for the gateway; drops it when the queue is full. */
  readonly report: Report;
  /** Sends a message immediately. */
  send(message: LinkMessage): void;
  /** Sets the listener for the telemetry of other processes. */
  onTelemetry(listener: Report): void;
}

const BATCH_MS = 50;
const MAX_UNSENT = 2_000;
const CONFIRMATION_MS = 1_000;

/**
 * Opens the IPC connection of this process to its parent. Resolves once the process has set the faults that its parent sends
 * first, so that it does nothing without them.
 */
export async function openLink(role: string): Promise<Link> {
  const faults = createFaults();
  const confirmations = new EventEmitter();
  const greeted = Promise.withResolvers<void>();
  let latestId: string | undefined;
  let listener: Report = () => undefined;
  let unsent: TelemetryMessage[] = [];
  let isSending = false;

  const send = (message: LinkMessage, done: () => void = () => undefined) =>
    // Without a parent process, or after it has exited, the message is dropped.
    void (process.connected ? process.send?.({ console: message }, done) : done());
  const flush = () => {
    if (isSending || unsent.length === 0) return;
    isSending = true;
    send({ kind: 'telemetry', messages: unsent }, () => (isSending = false));
    unsent = [];
  };
  setInterval(flush, BATCH_MS).unref();

  process.on('message', (received) => {
    const message = linkMessageOf(received);
    if (message?.kind === 'faults') {
      faults.replace(message.faults);
      send({ kind: 'faultsSet', id: message.id });
      greeted.resolve();
    }
    if (message?.kind === 'faultsSet' && message.id === latestId) confirmations.emit('set');
    if (message?.kind === 'telemetry') for (const entry of message.messages) listener(entry);
  });
  send({ kind: 'telemetry', messages: [{ kind: 'joined', role }] });
  if (process.connected) await greeted.promise;
  return {
    faults,
    async setFaults(list) {
      faults.replace(list);
      latestId = randomUUID();
      const confirmed = once(confirmations, 'set', { signal: AbortSignal.timeout(CONFIRMATION_MS) });
      send({ kind: 'faults', id: latestId, faults: list });
      await confirmed.catch(() => undefined);
    },
    report: (entry) => void (unsent.length < MAX_UNSENT && unsent.push(entry)),
    send,
    onTelemetry: (newListener) => void (listener = newListener),
  };
}

/** Console message in an IPC message; undefined for any other IPC message. */
export function linkMessageOf(ipcMessage: unknown): LinkMessage | undefined {
  return typeof ipcMessage === 'object' && ipcMessage !== null && 'console' in ipcMessage
    ? (ipcMessage.console as LinkMessage)
    : undefined;
}
