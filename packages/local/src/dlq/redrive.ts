import { setTimeout as delay } from 'node:timers/promises';
import type { Deliver, Refusal } from './deliver.ts';
import type { Hold } from './hold.ts';
import { type DeadLetter, describeReading, letterOf } from './letter.ts';
import { heardTypes, type KeepingQueue } from './queues.ts';
import type { Keep, RedriveRecord } from './record.ts';

export interface RedriveOptions {
  /** Messages a second, 1 to 500. */
  readonly rate: number;
  /** Only the message with this id, or the first one of the event with this id. */
  readonly only?: string | undefined;
  /** Says what would be done; sends, deletes and records nothing. */
  readonly isDryRun?: boolean;
  /** Sends also what its consumer would not accept now. */
  readonly isForced?: boolean;
  /** Ends it after the batch in hand. */
  readonly signal?: AbortSignal;
  /** Is told of each message, once it is known what becomes of it. */
  readonly onMessage?: (letter: DeadLetter, fate: Fate) => void;
}

/** What became of a message; in a dry run, `sent` is what would be. */
export type Fate =
  | { readonly kind: 'sent' }
  | { readonly kind: 'left' | 'notDeleted'; readonly reason: string };

export interface RedriveReport {
  readonly sent: number;
  /** What is still in the queue although it was to be sent. */
  readonly left: number;
  /** Sent, but not deleted: the next redrive sends them again, which is safe. */
  readonly notDeleted: number;
  /** What was sent to the queue after the redrive began, so that this one did not touch it. */
  readonly later: number;
  /** Why it ended: it has seen everything, it has found the one, it was interrupted, or it can hold no more. */
  readonly end: 'all' | 'found' | 'interrupted' | 'full';
}

export interface RedriveDeps {
  readonly queue: KeepingQueue;
  readonly hold: Hold;
  readonly deliver: Deliver;
  readonly keep: Keep;
  readonly who: string;
  readonly now: () => number;
  /** How many messages are held, those that are left behind, until no more are looked at: a bound of the memory. */
  readonly mostHeld: number;
}

/**
 * Takes messages in batches of up to ten, sends them, and deletes each once its destination has acknowledged it: a crash
 * in between sends it again, which changes nothing, for versions decide what a consumer applies. What is not sent stays
 * invisible until the end, so that each message is seen once; then all of it is visible again.
 */
export async function redrive(deps: RedriveDeps, options: RedriveOptions): Promise<RedriveReport> {
  const { queue, hold, deliver, keep, who, now, mostHeld } = deps;
  const { rate, only, isDryRun = false, isForced = false, signal, onMessage = () => undefined } = options;
  const count = { sent: 0, left: 0, notDeleted: 0, later: 0 };
  const paced = pacer(rate);
  const begunAt = now();
  const isLater = ({ sentAt }: DeadLetter) => sentAt !== undefined && sentAt.getTime() > begunAt;

  const tell = (letter: DeadLetter, fate: Fate) => {
    count[fate.kind] += 1;
    onMessage(letter, fate);
  };
  const record = async (
    outcome: RedriveRecord['outcome'],
    some: readonly (readonly [DeadLetter, Refusal?])[],
  ) => {
    if (some.length === 0) return;
    const messages = some.map(([{ messageId, eventId }, reason]) => ({
      messageId,
      ...(eventId === undefined ? {} : { eventId }),
      ...(reason === undefined ? {} : { reason }),
    }));
    const time = new Date().toISOString();
    await keep({ time, who, queue: queue.name, destination: queue.destination.name, outcome, messages });
  };

  const move = async (letters: readonly DeadLetter[]) => {
    await paced(letters.length);
    await record(
      'sending',
      letters.map((letter) => [letter]),
    );
    const refusals = await deliver(letters).catch(async (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      await record(
        'unknown',
        letters.map((letter) => [letter, reason]),
      );
      throw error;
    });
    const outcomes = letters.map((letter, i) => [letter, refusals[i]] as const);
    const refused = outcomes.filter(([, reason]) => reason !== undefined);
    const sent = letters.filter((_, i) => refusals[i] === undefined);
    await record('refused', refused);
    await record(
      'sent',
      sent.map((letter) => [letter]),
    );
    const undeleted = sent.length === 0 ? [] : await hold.delete(sent.map(({ messageId }) => messageId));
    const reason = 'sent, but not deleted: the next redrive sends it again, which is safe';
    await record(
      'notDeleted',
      sent.filter((it) => undeleted.includes(it.messageId)).map((it) => [it, reason]),
    );
    for (const [letter, reason = ''] of refused) tell(letter, { kind: 'left', reason });
    for (const letter of sent) {
      tell(letter, undeleted.includes(letter.messageId) ? { kind: 'notDeleted', reason } : { kind: 'sent' });
    }
  };

  /** Whether the one that was asked for was among them. */
  const handle = async (letters: readonly DeadLetter[]): Promise<boolean> => {
    count.later += letters.filter(isLater).length;
    const asked = letters.filter((it) => !isLater(it) && (only === undefined || isOne(it, only)));
    const chosen = only === undefined ? asked : asked.slice(0, 1);
    const due: DeadLetter[] = [];
    for (const letter of chosen) {
      const reason = objection(letter, queue, isForced);
      if (reason === undefined) due.push(letter);
      else tell(letter, { kind: 'left', reason });
    }
    if (isDryRun) for (const letter of due) tell(letter, { kind: 'sent' });
    else if (due.length > 0) await move(due);
    return only !== undefined && chosen.length > 0;
  };

  try {
    const batchSize = only === undefined ? Math.min(10, rate) : 10;
    for (;;) {
      if (signal?.aborted) return { ...count, end: 'interrupted' };
      if (hold.size >= mostHeld) return { ...count, end: 'full' };
      const messages = await hold.receive(batchSize);
      if (!messages) return { ...count, end: 'all' };
      if (await handle(messages.map(letterOf))) return { ...count, end: 'found' };
    }
  } finally {
    await hold.release();
  }
}

function isOne({ messageId, eventId }: DeadLetter, id: string): boolean {
  return messageId === id || eventId === id;
}

/** Why a message is not to be sent. */
function objection({ reading, eventType }: DeadLetter, { destination }: KeepingQueue, isForced: boolean) {
  if (destination.kind === 'topic' && !heardTypes(destination.name).has(eventType ?? '')) {
    return `nobody gets ${eventType === undefined ? 'a message without a type' : eventType} from ${destination.name}: published it would be gone`;
  }
  if (isForced || reading.kind === 'valid') return undefined;
  return describeReading(reading);
}

/** Waits so that no more than `rate` are let through in a second. */
function pacer(rate: number): (count: number) => Promise<void> {
  let next = 0;
  return async (count) => {
    const waitMs = next - performance.now();
    if (waitMs > 0) await delay(waitMs);
    next = performance.now() + (count / rate) * 1000;
  };
}
