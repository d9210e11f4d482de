import type { Message, MessageAttributeValue, ReceiveMessageCommandInput } from '@aws-sdk/client-sqs';
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
  ],
} satisfies Partial<ReceiveMessageCommandInput>;

/** Parses a received message. */
export function parseDeadLetter({
  MessageId = '',
  Body = '',
  MessageAttributes = {},
  Attributes = {},
}: Message): DeadLetter {
  const value = parseJson(Body);
  const field = (name: string): string | undefined => {
    const text = Object(value)[name] as unknown;
    return typeof text === 'string' ? text : MessageAttributes[name]?.StringValue;
  };
  return {
    messageId: MessageId,
    body: Body,
    attributes: MessageAttributes,
    eventType: field('eventType'),
    eventId: field('eventId'),
    traceId: /^[\da-f]{2}-([\da-f]{32})-/.exec(MessageAttributes['traceparent']?.StringValue ?? '')?.[1],
    reading: value === undefined ? { kind: 'notJson' } : readingOf(Body),
    parkedBecause: MessageAttributes['reason']?.StringValue,
    receives: Number(Attributes.ApproximateReceiveCount ?? 0),
    sentAt: timeOf(Attributes.SentTimestamp),
    firstReceivedAt: timeOf(Attributes.ApproximateFirstReceiveTimestamp),
    sourceQueue: Attributes.DeadLetterQueueSourceArn,
  };
}

/** A message with another body. The attributes that repeat its type and id are those of the new body. */
export function withBody(deadLetter: DeadLetter, body: string): DeadLetter {
  const value = Object(parseJson(body)) as Record<string, unknown>;
  const attributes = { ...deadLetter.attributes };
  for (const name of ['eventType', 'eventId']) {
    const text = value[name];
    if (typeof text === 'string') attributes[name] = { DataType: 'String', StringValue: text };
  }
  const { messageId: MessageId } = deadLetter;
  const { eventType, eventId, reading } = parseDeadLetter({
    MessageId,
    Body: body,
    MessageAttributes: attributes,
  });
  return { ...deadLetter, body, attributes, eventType, eventId, reading };
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
      return reading.faults.map(describeFault).join('; ');
  }
}

/** A fault in one line. */
export function describeFault({ pointer, detail }: EventFault): string {
  return `${pointer === '' ? 'body' : pointer}: ${detail}`;
}

/** Parses a text; undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readingOf(body: string): Reading {
  const reading = readEvent(body);
  if (reading.ok) return { kind: 'valid' };
  return reading.reason === 'unknownType'
    ? { kind: 'unknownType' }
    : { kind: 'invalid', faults: reading.errors };
}

function timeOf(milliseconds: string | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds));
}
