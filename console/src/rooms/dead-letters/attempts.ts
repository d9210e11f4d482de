import type { QueueName } from '@tandem/contracts/topology';
import type { Step } from '@tandem/local/console/protocol';

/** An attempt of a consumer at a message. */
export interface Attempt {
  readonly attempt: number;
  readonly receivedAt: number;
  readonly returnedAt?: number;
}

/** What is known of a message that was sent. */
export interface SentMessage {
  readonly messageId: string;
  /** Of the request that sent it. */
  readonly traceId?: string;
}

/**
 * A consumer's attempts at a message, in their order: what has its trace, or, as the event's id, one that begins with
 * the message's.
 */
export function attemptsAt(
  queue: QueueName,
  { messageId, traceId }: SentMessage,
  steps: readonly Step[],
): Attempt[] {
  const attempts = new Map<number, Attempt>();
  for (const step of steps) {
    if (step.kind !== 'received' && step.kind !== 'returned') continue;
    const isOfTrace = traceId !== undefined && step.traceId === traceId;
    if (step.queue !== queue || !(isOfTrace || step.eventId.startsWith(messageId))) continue;
    const { attempt, at } = step;
    const known = attempts.get(attempt) ?? { attempt, receivedAt: at };
    attempts.set(attempt, step.kind === 'returned' ? { ...known, returnedAt: at } : known);
  }
  return [...attempts.values()].sort((a, b) => a.attempt - b.attempt);
}
