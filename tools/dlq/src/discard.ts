import { type DeadLetter, parseDeadLetter } from './dead-letter.ts';
import type { MessageLease } from './message-lease.ts';
import type { Dlq } from './queues.ts';
import type { RecordedMessage, RedriveRecord, SaveRecord } from './record.ts';
import { select, type Selection } from './selection.ts';
import type { Clock } from './target.ts';

export interface DiscardOptions {
  /** Recorded with the messages. */
  readonly why: string;
  readonly selection: Selection;
  /** Reports the messages only; records and deletes nothing. */
  readonly isDryRun?: boolean;
  /** Stops it after the current batch. */
  readonly signal?: AbortSignal;
  /** Called with each message that is discarded. */
  readonly onMessage?: (deadLetter: DeadLetter) => void;
}

export interface DiscardReport {
  readonly discarded: number;
  /** Messages that were recorded but could not be deleted. */
  readonly notDeleted: number;
  /** Reason for the end: all messages handled, `only` found, interrupted, or lease limit reached. */
  readonly end: 'all' | 'found' | 'interrupted' | 'full';
}

export interface DiscardDeps {
  readonly queue: Dlq;
  readonly lease: MessageLease;
  readonly saveRecord: SaveRecord;
  readonly who: string;
  readonly clock: Clock;
  readonly maxLeased: number;
}

/**
 * Deletes the selected messages of a queue for good. Each is recorded with its body and attributes before it is deleted, so that
 * nothing is lost. The others stay invisible until the end, so that each is received once. Messages that were sent after the
 * start are left alone.
 */
export async function discard(
  { queue, lease, saveRecord, who, clock, maxLeased }: DiscardDeps,
  { why, selection, isDryRun = false, signal, onMessage = () => undefined }: DiscardOptions,
): Promise<DiscardReport> {
  const count = { discarded: 0, notDeleted: 0 };
  const startedAt = clock.now() + clock.errorMs;
  const record = async (outcome: RedriveRecord['outcome'], messages: readonly RecordedMessage[]) => {
    if (messages.length === 0) return;
    await saveRecord({ time: new Date().toISOString(), who, queue: queue.name, outcome, why, messages });
  };
  const remove = async (chosen: readonly DeadLetter[]) => {
    await record('discarded', chosen.map(fullRecordOf));
    const left = new Set(await lease.delete(chosen.map(({ messageId }) => messageId)));
    const notDeleted = chosen.filter(({ messageId }) => left.has(messageId));
    await record(
      'notDeleted',
      notDeleted.map(({ messageId }) => ({ messageId })),
    );
    count.notDeleted += notDeleted.length;
    count.discarded -= notDeleted.length;
  };

  try {
    for (;;) {
      if (signal?.aborted) return { ...count, end: 'interrupted' };
      if (lease.size >= maxLeased) return { ...count, end: 'full' };
      const messages = await lease.receive(10);
      if (!messages) return { ...count, end: 'all' };
      const present = messages
        .map(parseDeadLetter)
        .filter(({ sentAt }) => sentAt === undefined || sentAt.getTime() <= startedAt);
      const chosen = select(present, selection);
      count.discarded += chosen.length;
      for (const deadLetter of chosen) onMessage(deadLetter);
      if (chosen.length > 0 && !isDryRun) await remove(chosen);
      if (selection.only !== undefined && chosen.length > 0) return { ...count, end: 'found' };
    }
  } finally {
    await lease.release();
  }
}

function fullRecordOf({ messageId, eventId, body, attributes }: DeadLetter): RecordedMessage {
  const values = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    BinaryValue === undefined
      ? { DataType, StringValue }
      : { DataType, BinaryValue: Buffer.from(BinaryValue).toString('base64') },
  ]);
  return {
    messageId,
    ...(eventId !== undefined && { eventId }),
    body,
    attributes: Object.fromEntries(values) as object,
  };
}
