import { setTimeout as delay } from 'node:timers/promises';
import type { Deliver } from './deliver.ts';
import type { MessageLease } from './message-lease.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Dlq } from './queues.ts';
import type { SaveRecord, RecordedMessage, RedriveRecord } from './record.ts';

/** Outcome of redriving one message. */
export type RedriveOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'left' | 'notDeleted'; readonly reason: string };

/** Moves up to ten leased messages to their destination. Resolves to each message with its outcome. */
export type Move = (
  deadLetters: readonly DeadLetter[],
) => Promise<readonly (readonly [DeadLetter, RedriveOutcome])[]>;

export interface MoveDeps {
  readonly queue: Dlq;
  readonly lease: MessageLease;
  readonly deliver: Deliver;
  readonly saveRecord: SaveRecord;
  readonly who: string;
  /** Messages per second. */
  readonly rate: number;
  /** Delay before the first send, so that sent messages can be told by their time from those that were there before. */
  readonly headStartMs: number;
}

const NOT_DELETED = 'sent, but not deleted: the next redrive sends it again, which is safe';

/**
 * Sends first, then deletes the acknowledged messages: after a crash in between they are sent again, which is safe because
 * consumers deduplicate by version. The record is saved before each send and before each deletion.
 */
export function createMove({ queue, lease, deliver, saveRecord, who, rate, headStartMs }: MoveDeps): Move {
  const limitRate = createRateLimiter(rate, headStartMs);
  const record = async (
    outcome: RedriveRecord['outcome'],
    deadLetters: readonly DeadLetter[],
    reasonOf: (deadLetter: DeadLetter) => string | undefined = () => undefined,
  ) => {
    if (deadLetters.length === 0) return;
    const messages = deadLetters.map((deadLetter) => recorded(deadLetter, reasonOf(deadLetter)));
    const time = new Date().toISOString();
    await saveRecord({
      time,
      who,
      queue: queue.name,
      destination: queue.destination.name,
      outcome,
      messages,
    });
  };

  return async (deadLetters) => {
    if (deadLetters.length === 0) return [];
    await limitRate(deadLetters.length);
    await record('sending', deadLetters);
    const rejections = await deliver(deadLetters).catch(async (error: unknown) => {
      await record('unknown', deadLetters, () => (error instanceof Error ? error.message : String(error)));
      throw error;
    });
    const rejectionOf = new Map(deadLetters.map((deadLetter, i) => [deadLetter, rejections[i]]));
    const [rejected = [], sent = []] = [true, false].map((isRejected) =>
      deadLetters.filter((deadLetter) => (rejectionOf.get(deadLetter) !== undefined) === isRejected),
    );
    await record('refused', rejected, (deadLetter) => rejectionOf.get(deadLetter));
    await record('sent', sent);
    const notDeleted = new Set(await lease.delete(sent.map(({ messageId }) => messageId)));
    await record(
      'notDeleted',
      sent.filter(({ messageId }) => notDeleted.has(messageId)),
    );
    const outcomeOf = (deadLetter: DeadLetter): RedriveOutcome => {
      const reason = rejectionOf.get(deadLetter);
      if (reason !== undefined) return { kind: 'left', reason };
      return notDeleted.has(deadLetter.messageId)
        ? { kind: 'notDeleted', reason: NOT_DELETED }
        : { kind: 'sent' };
    };
    return deadLetters.map((deadLetter) => [deadLetter, outcomeOf(deadLetter)] as const);
  };
}

function recorded({ messageId, eventId }: DeadLetter, reason: string | undefined): RecordedMessage {
  return {
    messageId,
    ...(eventId === undefined ? {} : { eventId }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Rate limiter: each call waits so that at most `rate` messages per second pass. */
export function createRateLimiter(rate: number, headStartMs: number): (count: number) => Promise<void> {
  let next = performance.now() + headStartMs;
  return async (count) => {
    const waitMs = next - performance.now();
    if (waitMs > 0) await delay(waitMs);
    next = performance.now() + (count / rate) * 1000;
  };
}
