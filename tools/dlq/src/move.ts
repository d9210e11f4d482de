import { setTimeout as delay } from 'node:timers/promises';
import type { Deliver } from './deliver.ts';
import type { Hold } from './hold.ts';
import type { DeadLetter } from './letter.ts';
import type { KeepingQueue } from './queues.ts';
import type { Keep, RecordedMessage, RedriveRecord } from './record.ts';

/** What became of a message. */
export type Fate =
  | { readonly kind: 'sent' }
  | { readonly kind: 'left' | 'notDeleted'; readonly reason: string };

/** Moves up to ten messages that are held to where they belong. Resolves to them and what became of each. */
export type Move = (letters: readonly DeadLetter[]) => Promise<readonly (readonly [DeadLetter, Fate])[]>;

export interface MoveDeps {
  readonly queue: KeepingQueue;
  readonly hold: Hold;
  readonly deliver: Deliver;
  readonly keep: Keep;
  readonly who: string;
  /** Messages a second. */
  readonly rate: number;
  /** How long the first one waits, so that what this redrive sends is known by its time from what was there before. */
  readonly headStartMs: number;
}

const NOT_DELETED = 'sent, but not deleted: the next redrive sends it again, which is safe';

/**
 * Sends first, and deletes what was acknowledged: a crash in between sends it again, which changes nothing, for versions
 * decide what a consumer applies. Both are on record before anything is deleted, and that it is to be sent before it is.
 */
export function createMove({ queue, hold, deliver, keep, who, rate, headStartMs }: MoveDeps): Move {
  const paced = pacer(rate, headStartMs);
  const record = async (
    outcome: RedriveRecord['outcome'],
    letters: readonly DeadLetter[],
    reasonOf: (letter: DeadLetter) => string | undefined = () => undefined,
  ) => {
    if (letters.length === 0) return;
    const messages = letters.map((letter) => recorded(letter, reasonOf(letter)));
    const time = new Date().toISOString();
    await keep({ time, who, queue: queue.name, destination: queue.destination.name, outcome, messages });
  };

  return async (letters) => {
    if (letters.length === 0) return [];
    await paced(letters.length);
    await record('sending', letters);
    const refusals = await deliver(letters).catch(async (error: unknown) => {
      await record('unknown', letters, () => (error instanceof Error ? error.message : String(error)));
      throw error;
    });
    const refusalOf = new Map(letters.map((letter, i) => [letter, refusals[i]]));
    const [refused = [], sent = []] = [true, false].map((isRefused) =>
      letters.filter((letter) => (refusalOf.get(letter) !== undefined) === isRefused),
    );
    await record('refused', refused, (letter) => refusalOf.get(letter));
    await record('sent', sent);
    const notDeleted = new Set(await hold.delete(sent.map(({ messageId }) => messageId)));
    await record(
      'notDeleted',
      sent.filter(({ messageId }) => notDeleted.has(messageId)),
    );
    const fateOf = (letter: DeadLetter): Fate => {
      const reason = refusalOf.get(letter);
      if (reason !== undefined) return { kind: 'left', reason };
      return notDeleted.has(letter.messageId)
        ? { kind: 'notDeleted', reason: NOT_DELETED }
        : { kind: 'sent' };
    };
    return letters.map((letter) => [letter, fateOf(letter)] as const);
  };
}

function recorded({ messageId, eventId }: DeadLetter, reason: string | undefined): RecordedMessage {
  return {
    messageId,
    ...(eventId === undefined ? {} : { eventId }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Waits so that no more than `rate` are let through in a second. */
export function pacer(rate: number, headStartMs: number): (count: number) => Promise<void> {
  let next = performance.now() + headStartMs;
  return async (count) => {
    const waitMs = next - performance.now();
    if (waitMs > 0) await delay(waitMs);
    next = performance.now() + (count / rate) * 1000;
  };
}
