import type { MessageLease } from './message-lease.ts';
import { type DeadLetter, describeReading, parseDeadLetter } from './dead-letter.ts';
import type { RedriveOutcome, Move } from './move.ts';
import type { Clock } from './target.ts';
import { subscribedTypes, type Dlq } from './queues.ts';

export interface RedriveOptions {
  /** Messages per second, 1 to 500. */
  readonly rate: number;
  /** Only the message with this id, or the first one of the event with this id. */
  readonly only?: string | undefined;
  /** Reports the outcomes only; sends, deletes and records nothing. */
  readonly isDryRun?: boolean;
  /** Also sends messages that their consumer would reject now. */
  readonly isForced?: boolean;
  /** Stops it after the current batch. */
  readonly signal?: AbortSignal;
  /** Called with each message and its outcome; in a dry run, with the expected outcome. */
  readonly onMessage?: (deadLetter: DeadLetter, outcome: RedriveOutcome) => void;
}

export interface RedriveReport {
  readonly sent: number;
  /** Messages that were to be sent and are still in the queue. */
  readonly left: number;
  /** Messages that were sent, but not deleted: the next redrive sends them again, which is safe. */
  readonly notDeleted: number;
  /** Messages that arrived after the redrive started, and were left alone. */
  readonly later: number;
  /** Reason for the end: all messages handled, `only` found, interrupted, or lease limit reached. */
  readonly end: 'all' | 'found' | 'interrupted' | 'full';
}

export interface RedriveDeps {
  readonly queue: Dlq;
  readonly lease: MessageLease;
  readonly move: Move;
  readonly clock: Clock;
  /** Maximum number of leased messages, a bound of the memory: no more are received then. */
  readonly maxLeased: number;
}

/**
 * Moves the messages of a queue in batches of up to ten. Messages that are not sent stay invisible until the end, so that
 * each is received once; then they are visible again.
 */
export async function redrive(
  { queue, lease, move, clock, maxLeased }: RedriveDeps,
  { rate, only, isDryRun = false, isForced = false, signal, onMessage = () => undefined }: RedriveOptions,
): Promise<RedriveReport> {
  const count = { sent: 0, left: 0, notDeleted: 0, later: 0 };
  const startedAt = clock.now() + clock.errorMs;
  // Maybe sent by this redrive and dead-lettered again: sending it once more could loop for ever.
  const isLater = ({ sentAt }: DeadLetter) => sentAt !== undefined && sentAt.getTime() > startedAt;
  const report = (deadLetter: DeadLetter, outcome: RedriveOutcome) => {
    count[outcome.kind] += 1;
    onMessage(deadLetter, outcome);
  };

  /** Resolves to whether the message of `only` was among them. */
  const handle = async (deadLetters: readonly DeadLetter[]): Promise<boolean> => {
    count.later += deadLetters.filter(isLater).length;
    const matching = deadLetters.filter(
      (deadLetter) => !isLater(deadLetter) && (only === undefined || hasId(deadLetter, only)),
    );
    const chosen = only === undefined ? matching : matching.slice(0, 1);
    const due: DeadLetter[] = [];
    for (const deadLetter of chosen) {
      const reason = rejectionReason(deadLetter, queue, isForced);
      if (reason === undefined) due.push(deadLetter);
      else report(deadLetter, { kind: 'left', reason });
    }
    if (isDryRun) for (const deadLetter of due) report(deadLetter, { kind: 'sent' });
    else for (const [deadLetter, outcome] of await move(due)) report(deadLetter, outcome);
    return only !== undefined && chosen.length > 0;
  };

  try {
    const batchSize = only === undefined ? Math.min(10, rate) : 10;
    for (;;) {
      if (signal?.aborted) return { ...count, end: 'interrupted' };
      if (lease.size >= maxLeased) return { ...count, end: 'full' };
      const messages = await lease.receive(batchSize);
      if (!messages) return { ...count, end: 'all' };
      if (await handle(messages.map(parseDeadLetter))) return { ...count, end: 'found' };
    }
  } finally {
    await lease.release();
  }
}

function hasId({ messageId, eventId }: DeadLetter, id: string): boolean {
  return messageId === id || eventId === id;
}

/** Reason why a message must not be sent; undefined where it may be. */
function rejectionReason({ reading, eventType }: DeadLetter, { destination }: Dlq, isForced: boolean) {
  if (destination.kind === 'topic' && !subscribedTypes(destination.name).has(eventType ?? '')) {
    return `${destination.name} has no subscription for ${eventType ?? 'a message without an event type'}: SNS would drop it`;
  }
  if (isForced || reading.kind === 'valid') return undefined;
  return describeReading(reading);
}
