import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { type EventFault, readEvent } from '@tandem/contracts/read-event';

/** What a consumer would make of a body now. */
export type Reading =
  | { readonly kind: 'valid' | 'notJson' | 'unknownType' }
  | { readonly kind: 'invalid'; readonly faults: readonly EventFault[] };

/** A message that went wrong. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly eventType: string | undefined;
  readonly eventId: string | undefined;
  readonly traceId: string | undefined;
  readonly reading: Reading;
  /** Why a relay parked it. */
  readonly parkedBecause: string | undefined;
  /**
   * All receives, in the queue that gave it up as well as here, this look included: SQS goes on counting when it moves a
   * message to a dead-letter queue. Of what SNS or a relay put here they are looks only.
   */
  readonly receives: number;
  /** When it was sent first; a move to a dead-letter queue does not change that. */
  readonly sentAt: Date | undefined;
  /** When it was received first, by the consumer of the queue that gave it up, or else by a look. SQS keeps no later one. */
  readonly firstReceivedAt: Date | undefined;
  /** The ARN of the queue that gave it up, where SQS says so. */
  readonly givenUpBy: string | undefined;
}

/** What {@link letterOf} wants to be told of a message. */
export const wantedAttributes = {
  MessageAttributeNames: ['All'],
  MessageSystemAttributeNames: [
    'ApproximateReceiveCount',
    'ApproximateFirstReceiveTimestamp',
    'SentTimestamp',
    'DeadLetterQueueSourceArn',
  ] as const,
} as const;

/** Reads a received message. */
export function letterOf({
  MessageId = '',
  Body = '',
  MessageAttributes = {},
  Attributes = {},
}: Message): DeadLetter {
  const parsed = parse(Body);
  const field = (name: string): string | undefined => {
    const value = parsed?.[name];
    return typeof value === 'string' ? value : MessageAttributes[name]?.StringValue;
  };
  return {
    messageId: MessageId,
    body: Body,
    attributes: MessageAttributes,
    eventType: field('eventType'),
    eventId: field('eventId'),
    traceId: /^[\da-f]{2}-([\da-f]{32})-/.exec(MessageAttributes['traceparent']?.StringValue ?? '')?.[1],
    reading: readingOf(Body, parsed),
    parkedBecause: MessageAttributes['reason']?.StringValue,
    receives: Number(Attributes.ApproximateReceiveCount ?? 0),
    sentAt: timeOf(Attributes.SentTimestamp),
    firstReceivedAt: timeOf(Attributes.ApproximateFirstReceiveTimestamp),
    givenUpBy: Attributes.DeadLetterQueueSourceArn,
  };
}

/** What a consumer would make of it, in a line. */
export function describeReading(reading: Reading): string {
  switch (reading.kind) {
    case 'valid':
      return 'would be accepted now';
    case 'notJson':
      return 'is not JSON';
    case 'unknownType':
      return 'is of an unknown type: its consumer would drop it';
    default:
      return reading.faults
        .map(({ pointer, detail }) => `${pointer === '' ? 'body' : pointer}: ${detail}`)
        .join('; ');
  }
}

function readingOf(body: string, parsed: Readonly<Record<string, unknown>> | undefined): Reading {
  const reading = readEvent(parsed ?? body);
  if (reading.ok) return { kind: 'valid' };
  if (reading.reason === 'unknownType') return { kind: 'unknownType' };
  return isJson(body) ? { kind: 'invalid', faults: reading.errors } : { kind: 'notJson' };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  if (!isJson(body)) return undefined;
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function timeOf(milliseconds: string | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds));
}
