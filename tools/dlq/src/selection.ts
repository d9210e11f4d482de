import { createHash } from 'node:crypto';
import { type DeadLetter, describeReading } from './dead-letter.ts';
import type { Dlq } from './queues.ts';
import type { LastRedrive } from './record.ts';

/** Criteria for dead letters, all of which must match; without any, all letters do. */
export interface Selection {
  /** Message id, or event id of which the first message is taken. */
  readonly only?: string | undefined;
  /** Event type. */
  readonly type?: string | undefined;
  /** Exact reason, as {@link describeReading} returns it. */
  readonly reason?: string | undefined;
  /** Text in the body, the ids, the type or the reason; upper and lower case are the same. */
  readonly text?: string | undefined;
}

/** The letters that a selection matches: with `only`, at most one. */
export function select(deadLetters: readonly DeadLetter[], selection: Selection): readonly DeadLetter[] {
  const { only, type, reason, text } = selection;
  const needle = text?.toLowerCase();
  const found = deadLetters.filter(
    (letter) =>
      (only === undefined || letter.messageId === only || letter.eventId === only) &&
      (type === undefined || letter.eventType === type) &&
      (reason === undefined || describeReading(letter.reading) === reason) &&
      (needle === undefined || textOf(letter).includes(needle)),
  );
  return only === undefined ? found : found.slice(0, 1);
}

function textOf({
  body,
  messageId,
  eventId,
  eventType,
  traceId,
  reading,
  parkedBecause,
}: DeadLetter): string {
  const texts = [body, messageId, eventId, eventType, traceId, describeReading(reading), parkedBecause];
  return texts.join('\n').toLowerCase();
}

/** What stays the same when a message is sent again: its event id, or else a hash of its body. */
export function identityOf({ eventId, body }: Pick<DeadLetter, 'eventId' | 'body'>): string {
  return eventId ?? `sha256:${createHash('sha256').update(body).digest('base64url')}`;
}

/**
 * Attempts that its consumer made; undefined for a message that never reached one. SQS dead-letters a message after
 * `maxReceiveCount` receives and then counts the looks at it too, so that the rest of its receives were looks. Fewer receives
 * are all looks, at a message that SNS could not deliver.
 */
export function attemptsOf({ receives }: DeadLetter, { maxReceiveCount }: Dlq): number | undefined {
  return maxReceiveCount !== undefined && receives >= maxReceiveCount ? maxReceiveCount : undefined;
}

/** The redrive after which a message was dead-lettered again; undefined if it was not redriven since it was sent first. */
export function lastRedriveOf(
  deadLetter: DeadLetter,
  redrives: ReadonlyMap<string, LastRedrive>,
): LastRedrive | undefined {
  const last = redrives.get(identityOf(deadLetter));
  return last && deadLetter.sentAt && deadLetter.sentAt >= last.at ? last : undefined;
}

/** Letters of a queue with the same event type and reason. */
export interface Group {
  readonly queue: string;
  readonly eventType: string | undefined;
  readonly reason: string;
  readonly isAcceptable: boolean;
  readonly count: number;
  readonly oldestAt: Date | undefined;
}

/** Groups of letters, the largest first. */
export function groupsOf(queue: string, deadLetters: readonly DeadLetter[]): readonly Group[] {
  const groups = Map.groupBy(deadLetters, ({ eventType, reading }) =>
    JSON.stringify([eventType, describeReading(reading)]),
  );
  return [...groups.values()]
    .flatMap(([first, ...others]) => {
      if (!first) return [];
      const times = [first, ...others].flatMap(({ sentAt }) => sentAt?.getTime() ?? []);
      return {
        queue,
        eventType: first.eventType,
        reason: describeReading(first.reading),
        isAcceptable: first.reading.kind === 'valid',
        count: 1 + others.length,
        oldestAt: times.length > 0 ? new Date(Math.min(...times)) : undefined,
      };
    })
    .toSorted((a, b) => b.count - a.count);
}
