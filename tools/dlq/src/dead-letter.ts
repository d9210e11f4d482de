import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { type EventFault, readEvent } from '@tandem/contracts/read-event';

/** Result of validating a body as its consumer would validate it now. */
export type Reading =
  | { readonly kind: 'valid' | 'notJson' | 'unknownType' }
  | { readonly kind: 'invalid'; readonly faults: readonly EventFault[] };

/** Dead letter: a message in a dead-letter or parking queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly eventType: string | undefined;
  readonly eventId: string | undefined;
  readonly traceId: string | undefined;
  readonly reading: Reading;
  /** Reason why a relay parked it. */
  readonly parkedBecause: string | undefined;
  /**
   * Number of receives in the source queue and in this one, this receive included: SQS keeps counting when it moves a message
   * to a dead-letter queue. For messages from SNS or a relay only receives by this tool count.
   */
  readonly receives: number;
  /** Time of the first send; a move to a dead-letter queue does not change it. */
  readonly sentAt: Date | undefined;
  /** Time of the first receive, by the consumer of the source queue or by this tool. SQS stores no later one. */
  readonly firstReceivedAt: Date | undefined;
  /** ARN of the queue that dead-lettered it, where SQS reports it. */
  readonly sourceQueue: string | undefined;
}

/** Message attributes that {@link parseDeadLetter} needs. */
export const requestedAttributes = {
  MessageAttributeNames: ['All'],
  MessageSystemAttributeNames: [
    'ApproximateReceiveCount',
    'ApproximateFirstReceiveTimestamp',
    'SentTimestamp',
    'DeadLetterQueueSourceArn',
  ] as const,
} as const;

/** Parses a received message. */
export function parseDeadLetter({
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
    sourceQueue: Attributes.DeadLetterQueueSourceArn,
  };
}

/** One line on whether a consumer would accept the message now. */
export function describeReading(reading: Reading): string {
  switch (reading.kind) {
    case 'valid':
      return 'would be accepted now';
    case 'notJson':
      return 'not JSON';
    case 'unknownType':
      return 'unknown event type: its consumer would ignore it';
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
