import { type MessageAttributeValue, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type OutgoingMessage, publishMessages } from '@tandem/chassis/messaging/publisher';
import { DomainError } from '@tandem/chassis/errors';
import { callAws } from './call-aws.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Target } from './target.ts';
import type { Dlq } from './queues.ts';

/** Reason why a destination rejected a message; undefined where it accepted it. */
export type Rejection = string | undefined;

/**
 * Sends up to ten messages with their bodies and attributes unchanged. Resolves to one result per message, in order; rejects
 * when the result is unknown.
 */
export type Deliver = (deadLetters: readonly DeadLetter[]) => Promise<readonly Rejection[]>;

/** SQS's limit of one request in bytes, minus a reserve for the envelope. */
const MAX_BYTES = 1_000_000;

/** Opens the delivery to the redrive destination of a queue. */
export async function openDelivery(target: Target, { destination }: Dlq): Promise<Deliver> {
  if (destination.kind === 'topic') {
    const arn = await target.topicArn(destination.name);
    return async (deadLetters) => {
      const outcomes = await publishMessages(target.sns, arn, deadLetters.map(outgoing));
      const faults = outcomes.flatMap((outcome) => (outcome.status === 'transient' ? [outcome.reason] : []));
      if (faults.length === outcomes.length) {
        const message = `sns:Publish on ${destination.name} failed: ${faults[0]}`;
        throw new DomainError('unavailable', 'aws-call-failed', message);
      }
      return outcomes.map((outcome) => (outcome.status === 'published' ? undefined : outcome.reason));
    };
  }
  const url = await target.queueUrl(destination.name);
  return async (deadLetters) => {
    const rejections: Rejection[] = [];
    for (const part of byBytes(deadLetters))
      rejections.push(...(await send(target.sqs, destination.name, url, part)));
    return rejections;
  };
}

async function send(
  sqs: SQSClient,
  queue: string,
  url: string,
  deadLetters: readonly DeadLetter[],
): Promise<Rejection[]> {
  const Entries = deadLetters.map(({ body, attributes }, i) => ({
    Id: String(i),
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, withoutLists(value)]),
    ),
  }));
  const command = new SendMessageBatchCommand({ QueueUrl: url, Entries });
  const { Failed = [] } = await callAws('sqs:SendMessage', queue, sqs.send(command));
  const failed = new Map(Failed.map(({ Id, Code, Message = '' }) => [Number(Id), `${Code}: ${Message}`]));
  return deadLetters.map((_, i) => failed.get(i));
}

/** Removes the list fields of a received attribute: SQS rejects them in a sent one. */
function withoutLists({ DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttributeValue {
  return { DataType, ...(BinaryValue === undefined ? { StringValue } : { BinaryValue }) };
}

/** A message with the attributes that the relay would have set: of a parked message only body and trace are stored. */
function outgoing({ body, eventType, eventId, attributes }: DeadLetter): OutgoingMessage {
  const values = { eventType, eventId, traceparent: attributes['traceparent']?.StringValue };
  const known = Object.entries(values).flatMap(([name, StringValue]) =>
    StringValue ? [[name, { DataType: 'String', StringValue }] as const] : [],
  );
  return { body, attributes: Object.fromEntries(known) };
}

/** Splits messages into batches that fit into one request. */
function byBytes(deadLetters: readonly DeadLetter[]): DeadLetter[][] {
  const parts: DeadLetter[][] = [];
  let bytes = 0;
  for (const deadLetter of deadLetters) {
    const size = bytesOf(deadLetter);
    const last = parts.at(-1);
    if (last && bytes + size <= MAX_BYTES) {
      last.push(deadLetter);
      bytes += size;
    } else {
      parts.push([deadLetter]);
      bytes = size;
    }
  }
  return parts;
}

function bytesOf({ body, attributes }: DeadLetter): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.length ?? 0),
    Buffer.byteLength(body),
  );
}
