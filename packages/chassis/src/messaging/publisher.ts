import {
  InvalidParameterException,
  InvalidParameterValueException,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  type SNSClient,
  ValidationException,
} from '@aws-sdk/client-sns';
import { type NewEvent, SCHEMA_VERSION } from '@tandem/contracts/events';

/** An event on its way to a topic. */
export interface OutgoingEvent {
  readonly eventId: string;
  readonly traceparent: string;
  readonly event: NewEvent;
}

/**
 * Outcome of one event. `permanent` failures (too large, refused by the topic) fail again however often they are
 * tried; `transient` ones are to be tried again.
 */
export type PublishOutcome =
  | { readonly status: 'published' }
  | { readonly status: 'permanent' | 'transient'; readonly reason: string };

/** Publishes events in few requests. Resolves to one outcome an event, in their order; never rejects. */
export type Publish = (events: readonly OutgoingEvent[]) => Promise<PublishOutcome[]>;

/** SNS's limits of one PublishBatch: entries, and bytes over all of them (256 KiB, less room for the request's frame). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 255 * 1024;

/** The message body of an event. */
export function bodyOf({ eventId, event }: OutgoingEvent): string {
  return messageOf({ ...event, eventId, schemaVersion: SCHEMA_VERSION });
}

/** JSON, with the two characters escaped that SNS and SQS refuse and JSON does not. */
export function messageOf(value: object): string {
  const json = JSON.stringify(value);
  return json.replaceAll('\ufffe', String.raw`\ufffe`).replaceAll('\uffff', String.raw`\uffff`);
}

/** A message on its way to a topic, as it is. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
}

export function createPublisher(sns: SNSClient, topicArn: string): Publish {
  return async (events) => {
    const messages = events.map((event) => ({ body: bodyOf(event), attributes: attributesOf(event) }));
    return publishMessages(sns, topicArn, messages);
  };
}

/** Publishes messages as they are, in few requests. Resolves to one outcome a message, in their order; never rejects. */
export async function publishMessages(
  sns: SNSClient,
  topicArn: string,
  messages: readonly OutgoingMessage[],
): Promise<PublishOutcome[]> {
  const outcomes: PublishOutcome[] = messages.map(() => ({ status: 'published' }));
  const entries = messages.map((message, position) => entryOf(message, position));
  const oversized = entries.filter((entry) => entry.bytes > MAX_BYTES);
  for (const { position, bytes } of oversized) {
    outcomes[position] = {
      status: 'permanent',
      reason: `the event has ${bytes} bytes, a topic takes ${MAX_BYTES}`,
    };
  }
  for (const batch of batches(entries.filter((entry) => entry.bytes <= MAX_BYTES))) {
    for (const [position, outcome] of await publishBatch(sns, topicArn, batch)) outcomes[position] = outcome;
  }
  return outcomes;
}

/** The message attributes of an event, as SNS and SQS take them. */
export function attributesOf({ eventId, traceparent, event: { eventType } }: OutgoingEvent) {
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  return {
    eventType: attribute(eventType),
    eventId: attribute(eventId),
    traceparent: attribute(traceparent),
  };
}

interface Entry {
  readonly position: number;
  readonly bytes: number;
  readonly request: PublishBatchRequestEntry;
}

function entryOf({ body, attributes }: OutgoingMessage, position: number): Entry {
  const bytes = Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(body),
  );
  return { position, bytes, request: { Id: String(position), Message: body, MessageAttributes: attributes } };
}

function batches(entries: readonly Entry[]): Entry[][] {
  const all: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = all.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + entry.bytes <= MAX_BYTES) {
      last.push(entry);
      bytes += entry.bytes;
    } else {
      all.push([entry]);
      bytes = entry.bytes;
    }
  }
  return all;
}

/** One outcome for each entry that was not published. A batch that is refused whole is tried entry by entry. */
async function publishBatch(
  sns: SNSClient,
  topicArn: string,
  batch: readonly Entry[],
): Promise<[number, PublishOutcome][]> {
  try {
    const entries = batch.map((entry) => entry.request);
    const answer = await sns.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries }),
    );
    return (answer.Failed ?? []).map(({ Id, Code, Message = '', SenderFault }) => [
      Number(Id),
      { status: SenderFault ? 'permanent' : 'transient', reason: `${Code}: ${Message}` },
    ]);
  } catch (error) {
    const [first, ...others] = batch;
    if (first && isRefusal(error)) {
      if (others.length === 0) return [[first.position, { status: 'permanent', reason: String(error) }]];
      return (await Promise.all(batch.map((entry) => publishBatch(sns, topicArn, [entry])))).flat();
    }
    return batch.map((entry) => [entry.position, { status: 'transient', reason: String(error) }]);
  }
}

/** Whether SNS rejects the request itself, so that a retry fails too. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof InvalidParameterException ||
    error instanceof InvalidParameterValueException ||
    error instanceof ValidationException
  );
}
