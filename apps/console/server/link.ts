import type { ServiceName } from '@tandem/contracts/topology';
import { createFaults, type Faults } from './faults.ts';
import type { TelemetryMessage, Report } from './telemetry-message.ts';
import type { FaultAt } from './protocol.ts';

/** IPC messages between the processes of a system for the console; the parent process relays them. */
export type LinkMessage =
  /** Telemetry, to the gateway. */
  | { readonly kind: 'telemetry'; readonly messages: readonly TelemetryMessage[] }
  /** Complete list of active faults, from the gateway to all other processes. */
  | { readonly kind: 'faults'; readonly faults: readonly FaultAt[] }
  /** Request to kill a service, from the gateway to the parent process. */
  | { readonly kind: 'kill'; readonly service: ServiceName };

/** IPC connection of a process to the other processes of the system. */
export interface Link {
  /** Active faults in this process, as set by the gateway. */
  readonly faults: Faults;
  /** Queues a telemetry message for the gateway; drops it when the queue is full. */
  readonly report: Report;
  /** Sends a message immediately. */
  send(message: LinkMessage): void;
  /** Sets the listener for the telemetry of other processes. */
  onTelemetry(listener: Report): void;
}

const BATCH_MS = 50;
const MAX_UNSENT = 2_000;

/** Opens the IPC connection of this process to its parent. */
export function openLink(role: string): Link {
  const faults = createFaults();
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
    if (message?.kind === 'faults') faults.replace(message.faults);
    if (message?.kind === 'telemetry') for (const entry of message.messages) listener(entry);
  });
  send({ kind: 'telemetry', messages: [{ kind: 'joined', role }] });
  return {
    faults,
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
