import type { ServiceName } from '@tandem/contracts/topology';
import { createFaults, type Faults } from './faults.ts';
import type { Note, Report } from './note.ts';
import type { FaultAt } from './protocol.ts';

/** What the processes of a system tell each other for the console, by way of the one that started them. */
export type LinkMessage =
  /** To the gateway. */
  | { readonly kind: 'notes'; readonly notes: readonly Note[] }
  /** From the gateway to all others: these are on, and no others. */
  | { readonly kind: 'faults'; readonly faults: readonly FaultAt[] }
  /** From the gateway to the one that started the processes. */
  | { readonly kind: 'kill'; readonly service: ServiceName };

/** A process's connection to the others. */
export interface Link {
  /** Those that are on in this process, as the gateway has told. */
  readonly faults: Faults;
  /** Tells the gateway, soon; what cannot be sent is dropped. */
  readonly report: Report;
  /** Sends a message at once. */
  send(message: LinkMessage): void;
  /** Calls the listener with what other processes report. */
  onNote(listener: Report): void;
}

const BATCH_MS = 50;
const MAX_UNSENT = 2_000;

/** Connects this process to the one that started it. */
export function openLink(role: string): Link {
  const faults = createFaults();
  let listener: Report = () => undefined;
  let unsent: Note[] = [];
  let isSending = false;

  const send = (message: LinkMessage, done: () => void = () => undefined) =>
    // Without a parent, or once it has gone, nobody is told.
    void (process.connected ? process.send?.({ console: message }, done) : done());
  const flush = () => {
    if (isSending || unsent.length === 0) return;
    isSending = true;
    send({ kind: 'notes', notes: unsent }, () => (isSending = false));
    unsent = [];
  };
  setInterval(flush, BATCH_MS).unref();

  process.on('message', (sent) => {
    const message = linkMessageOf(sent);
    if (message?.kind === 'faults') faults.replace(message.faults);
    if (message?.kind === 'notes') for (const note of message.notes) listener(note);
  });
  send({ kind: 'notes', notes: [{ kind: 'joined', role }] });
  return {
    faults,
    report: (note) => void (unsent.length < MAX_UNSENT && unsent.push(note)),
    send,
    onNote: (given) => void (listener = given),
  };
}

/** What is in a message between processes for the console; undefined in any other. */
export function linkMessageOf(sent: unknown): LinkMessage | undefined {
  return typeof sent === 'object' && sent !== null && 'console' in sent
    ? (sent.console as LinkMessage)
    : undefined;
}
