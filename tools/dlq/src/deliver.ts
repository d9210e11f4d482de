import { type MessageAttributeValue, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type OutgoingMessage, publishMessages } from '@tandem/chassis/messaging/publisher';
import { DomainError } from '@tandem/chassis/errors';
import { ask } from './ask.ts';
import type { DeadLetter } from './letter.ts';
import type { Place } from './place.ts';
import type { KeepingQueue } from './queues.ts';

/** Why a destination did not take a message; undefined where it did. */
export type Refusal = string | undefined;

/**
 * Sends up to ten messages, bodies and attributes as they are. Resolves to one outcome a message, in their order; rejects
 * when it is not known what became of them.
 */
export type Deliver = (letters: readonly DeadLetter[]) => Promise<readonly Refusal[]>;

/** SQS's limit of one request, in bytes, less room for its frame. */
const MAX_BYTES = 1_000_000;

/** Delivers to where the messages of a queue belong. */
export async function openDelivery(place: Place, { destination }: KeepingQueue): Promise<Deliver> {
  if (destination.kind === 'topic') {
    const arn = await place.topicArn(destination.name);
    return async (letters) => {
      const outcomes = await publishMessages(place.sns, arn, letters.map(outgoing));
      const faults = outcomes.flatMap((it) => (it.status === 'transient' ? [it.reason] : []));
      if (faults.length === outcomes.length) throw unsent(destination.name, faults[0]);
      return outcomes.map((outcome) => (outcome.status === 'published' ? undefined : outcome.reason));
    };
  }
  const url = await place.queueUrl(destination.name);
  return async (letters) => {
    const refusals: Refusal[] = [];
    for (const part of byBytes(letters))
      refusals.push(...(await send(place.sqs, destination.name, url, part)));
    return refusals;
  };
}

async function send(
  sqs: SQSClient,
  queue: string,
  url: string,
  letters: readonly DeadLetter[],
): Promise<Refusal[]> {
  const Entries = letters.map(({ body, attributes }, i) => ({
    Id: String(i),
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, withoutLists(value)]),
    ),
  }));
  const command = new SendMessageBatchCommand({ QueueUrl: url, Entries });
  const { Failed = [] } = await ask('sqs:SendMessage', queue, sqs.send(command));
  const failed = new Map(Failed.map(({ Id, Code, Message = '' }) => [Number(Id), `${Code}: ${Message}`]));
  return letters.map((_, i) => failed.get(i));
}

/** What a received attribute has beside its value, no sent one may have. */
function withoutLists({ DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttributeValue {
  return { DataType, ...(BinaryValue === undefined ? { StringValue } : { BinaryValue }) };
}

/** With the attributes that the relay would have given it: what is parked keeps only its trace beside the body. */
function outgoing({ body, eventType, eventId, attributes }: DeadLetter): OutgoingMessage {
  const values = { eventType, eventId, traceparent: attributes['traceparent']?.StringValue };
  const known = Object.entries(values).flatMap(([name, StringValue]) =>
    StringValue === undefined || StringValue === ''
      ? []
      : [[name, { DataType: 'String', StringValue }] as const],
  );
  return { body, attributes: Object.fromEntries(known) };
}

function unsent(topic: string, reason = ''): DomainError {
  return new DomainError('unavailable', 'aws-call-failed', `sns:Publish on ${topic} failed: ${reason}`);
}

/** In parts that one request can carry. */
function byBytes(letters: readonly DeadLetter[]): DeadLetter[][] {
  const parts: DeadLetter[][] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = bytesOf(letter);
    const last = parts.at(-1);
    if (last && bytes + size <= MAX_BYTES) {
      last.push(letter);
      bytes += size;
    } else {
      parts.push([letter]);
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
