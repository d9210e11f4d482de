import type { QueueName } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';

/** Attempt of a consumer to handle a message. */
export interface Attempt {
  readonly attempt: number;
  readonly receivedAt: number;
  readonly returnedAt?: number;
}

/** Attempts of a consumer to handle the message of an event, in order. */
export function attemptsAt(queue: QueueName, eventId: string, steps: readonly Step[]): Attempt[] {
  const attempts = new Map<number, Attempt>();
  for (const step of steps) {
    if (step.kind !== 'received' && step.kind !== 'returned') continue;
    if (step.queue !== queue || step.eventId !== eventId) continue;
    const { attempt, at } = step;
    const known = attempts.get(attempt) ?? { attempt, receivedAt: at };
    attempts.set(attempt, step.kind === 'returned' ? { ...known, returnedAt: at } : known);
  }
  return [...attempts.values()].sort((a, b) => a.attempt - b.attempt);
}
