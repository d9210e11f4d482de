import type { DeadLetter } from '@tandem/dlq/dead-letter';
import { describeReading } from '@tandem/dlq/dead-letter';
import type { Dlq } from '@tandem/dlq/queues';
import type { LastRedrive } from '@tandem/dlq/record';
import { attemptsOf, groupsOf, lastRedriveOf, select, type Selection } from '@tandem/dlq/selection';
import type { DeadLetterGroup, DeadLetterMessage, DeadLetterPage } from './protocol.ts';

type Redrives = ReadonlyMap<string, LastRedrive>;

/** Messages of a queue, all of them if `isComplete`. */
export interface ListedQueue {
  readonly queue: Dlq;
  readonly deadLetters: readonly DeadLetter[];
  readonly isComplete: boolean;
}

/** A page of the messages of queues that a selection matches, oldest first, with the groups of all that match. */
export function pageOf(
  queues: readonly ListedQueue[],
  { offset, limit, ...selection }: Selection & { readonly offset: number; readonly limit: number },
  redrives: Redrives,
): DeadLetterPage {
  const found = queues.map(({ queue, deadLetters }) => ({
    queue,
    deadLetters: select(deadLetters, selection),
  }));
  const groups = found
    .flatMap(({ queue, deadLetters }) => groupsOf(queue.name, deadLetters))
    .toSorted((a, b) => b.count - a.count)
    .map(({ oldestAt, ...group }): DeadLetterGroup => ({ ...group, oldestAt: oldestAt?.getTime() }));
  const all = found
    .flatMap(({ queue, deadLetters }) => deadLetters.map((deadLetter) => ({ queue, deadLetter })))
    .toSorted((a, b) => timeOf(a.deadLetter) - timeOf(b.deadLetter));
  const end = offset + limit;
  return {
    groups,
    total: all.length,
    messages: all.slice(offset, end).map(({ queue, deadLetter }) => messageOf(queue, deadLetter, redrives)),
    ...(end < all.length && { next: end }),
    isComplete: queues.every(({ isComplete }) => isComplete),
  };
}

function timeOf({ sentAt }: DeadLetter): number {
  return sentAt?.getTime() ?? 0;
}

/** A dead letter in the protocol of the console. */
export function messageOf(queue: Dlq, deadLetter: DeadLetter, redrives: Redrives): DeadLetterMessage {
  const { messageId, body, eventType, eventId, traceId, receives, reading, parkedBecause } = deadLetter;
  const { sentAt, firstReceivedAt } = deadLetter;
  const last = lastRedriveOf(deadLetter, redrives);
  return {
    queue: queue.name,
    messageId,
    body,
    eventType,
    eventId,
    traceId,
    reason: describeReading(reading),
    isAcceptable: reading.kind === 'valid',
    parkedBecause,
    attempts: attemptsOf(deadLetter, queue),
    receives,
    sentAt: sentAt?.getTime(),
    firstReceivedAt: firstReceivedAt?.getTime(),
    lastRedrive: last && { ...last, at: last.at.getTime() },
  };
}
