import type { Hold } from './hold.ts';
import { type DeadLetter, describeReading, letterOf } from './letter.ts';
import type { Fate, Move } from './move.ts';
import type { Clock } from './place.ts';
import { heardTypes, type KeepingQueue } from './queues.ts';

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
  /** Is told of each message, once it is known what becomes of it; in a dry run, what would. */
  readonly onMessage?: (letter: DeadLetter, fate: Fate) => void;
}

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
  readonly move: Move;
  readonly clock: Clock;
  /** How many messages are held, those that are left behind, until no more are looked at: a bound of the memory. */
  readonly mostHeld: number;
}

/**
 * Moves the messages of a queue in batches of up to ten. What is not sent stays invisible until the end, so that each
 * message is seen once; then all of it is visible again.
 */
export async function redrive(
  { queue, hold, move, clock, mostHeld }: RedriveDeps,
  { rate, only, isDryRun = false, isForced = false, signal, onMessage = () => undefined }: RedriveOptions,
): Promise<RedriveReport> {
  const count = { sent: 0, left: 0, notDeleted: 0, later: 0 };
  const begunAt = clock.now() + clock.errorMs;
  // Sent by this redrive, perhaps, and given up again: to send it once more might never end.
  const isLater = ({ sentAt }: DeadLetter) => sentAt !== undefined && sentAt.getTime() > begunAt;
  const tell = (letter: DeadLetter, fate: Fate) => {
    count[fate.kind] += 1;
    onMessage(letter, fate);
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
    else for (const [letter, fate] of await move(due)) tell(letter, fate);
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
