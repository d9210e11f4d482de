import { createRateLimiter } from '@tandem/cli/batches';
import { type DeadLetter, describeReading, parseDeadLetter, withBody } from './dead-letter.ts';
import type { Deliver } from './deliver.ts';
import type { MessageLease } from './message-lease.ts';
import { subscribedTypes, type Dlq } from './queues.ts';
import type { RecordedMessage, RedriveRecord, SaveRecord } from './record.ts';
import { identityOf, select, type Selection } from './selection.ts';
import type { Clock } from './target.ts';

/** Outcome of redriving one message. */
export type RedriveOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'left' | 'notDeleted'; readonly reason: string };

export interface RedriveOptions extends Selection {
  /** Messages per second, 1 to 500. */
  readonly rate: number;
  /** Replaces the body of the only message. */
  readonly body?: string | undefined;
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
  readonly deliver: Deliver;
  readonly saveRecord: SaveRecord;
  readonly who: string;
  readonly clock: Clock;
  /** Maximum number of leased messages, a bound of the memory: no more are received then. */
  readonly maxLeased: number;
}

const noop = () => undefined;

/** A message to send, and as it is in the queue. */
interface Moved {
  readonly deadLetter: DeadLetter;
  readonly original: DeadLetter;
}

const NOT_DELETED = 'sent, but not deleted: the next redrive sends it again, which is safe';

/**
 * Moves the messages of a queue in batches of up to ten. Messages that are not sent stay invisible until the end, so that
 * each is received once; then they are visible again.
 */
export async function redrive(
  deps: RedriveDeps,
  { rate, body, isDryRun = false, isForced = false, signal, onMessage = noop, ...selection }: RedriveOptions,
): Promise<RedriveReport> {
  const { queue, lease, clock, maxLeased } = deps;
  const { only } = selection;
  if (body !== undefined && only === undefined) throw new TypeError('an edited body needs `only`');
  const count = { sent: 0, left: 0, notDeleted: 0, later: 0 };
  // The head start tells sent messages by their time from those that were there before.
  const limitRate = createRateLimiter(rate, clock.errorMs);
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
    const present = deadLetters.filter((deadLetter) => !isLater(deadLetter));
    const chosen = select(present, selection);
    const due: Moved[] = [];
    for (const deadLetter of chosen) {
      const edited = body === undefined ? deadLetter : withBody(deadLetter, body);
      const reason = rejectionReason(edited, queue, isForced);
      if (reason === undefined) due.push({ deadLetter: edited, original: deadLetter });
      else report(deadLetter, { kind: 'left', reason });
    }
    if (isDryRun) for (const { deadLetter } of due) report(deadLetter, { kind: 'sent' });
    else if (due.length > 0) {
      await limitRate(due.length);
      for (const [deadLetter, outcome] of await move(deps, due)) report(deadLetter, outcome);
    }
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

/**
 * Moves up to ten leased messages to their destination. Sends first, then deletes the acknowledged messages: after a crash in
 * between they are sent again, which is safe because consumers deduplicate by version. The record is saved before each send
 * and before each deletion.
 */
async function move(
  { queue, lease, deliver, saveRecord, who }: RedriveDeps,
  moved: readonly Moved[],
): Promise<readonly (readonly [DeadLetter, RedriveOutcome])[]> {
  const deadLetters = moved.map(({ deadLetter }) => deadLetter);
  const record = async (outcome: RedriveRecord['outcome'], messages: readonly RecordedMessage[]) => {
    if (messages.length === 0) return;
    const [time, destination] = [new Date().toISOString(), queue.destination.name];
    await saveRecord({ time, who, queue: queue.name, destination, outcome, messages });
  };
  const all = deadLetters.map(({ messageId, eventId }) => ({ messageId, ...(eventId && { eventId }) }));
  await record('sending', moved.map(recordOf));
  const rejections = await deliver(deadLetters).catch(async (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    await record(
      'unknown',
      all.map((message) => ({ ...message, reason })),
    );
    throw error;
  });
  await record(
    'refused',
    all.flatMap((message, i) => (rejections[i] === undefined ? [] : { ...message, reason: rejections[i] })),
  );
  const sent = all.filter((_, i) => rejections[i] === undefined);
  await record('sent', sent);
  const notDeleted = new Set(await lease.delete(sent.map(({ messageId }) => messageId)));
  await record(
    'notDeleted',
    sent.filter(({ messageId }) => notDeleted.has(messageId)),
  );
  return deadLetters.map((deadLetter, i) => {
    const reason = rejections[i] ?? (notDeleted.has(deadLetter.messageId) ? NOT_DELETED : undefined);
    if (reason === undefined) return [deadLetter, { kind: 'sent' }];
    return [deadLetter, { kind: rejections[i] === undefined ? 'notDeleted' : 'left', reason }];
  });
}

/** The record of a message before it is sent: an edited one with both bodies. */
function recordOf({ deadLetter, original }: Moved): RecordedMessage {
  const { messageId, eventId, body } = deadLetter;
  return {
    messageId,
    ...(eventId ? { eventId } : { identity: identityOf(deadLetter) }),
    ...(body !== original.body && { body: original.body, editedBody: body }),
  };
}

/** Reason why a message must not be sent; undefined where it may be. */
function rejectionReason({ reading, eventType }: DeadLetter, { destination }: Dlq, isForced: boolean) {
  if (destination.kind === 'topic' && !subscribedTypes(destination.name).has(eventType ?? '')) {
    return `${destination.name} has no subscription for ${eventType ?? 'a message without an event type'}: SNS would drop it`;
  }
  if (isForced || reading.kind === 'valid') return undefined;
  return describeReading(reading);
}
