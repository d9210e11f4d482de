import {
  InvalidParameterException,
  InvalidParameterValueException,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  type SNSClient,
  ValidationException,
} from '@aws-sdk/client-sns';
import { type NewEvent, SCHEMA_VERSION } from '@tandem/contracts/events';

/** An event to publish. */
export interface OutgoingEvent {
  readonly eventId: string;
  readonly traceparent: string;
  readonly event: NewEvent;
}

/**
 * Outcome of one event. A `permanent` failure (too large, rejected by SNS) cannot succeed on a retry; after a `transient`
 * failure, retry.
 */
export type PublishOutcome =
  | { readonly status: 'published' }
  | { readonly status: 'permanent' | 'transient'; readonly reason: string };

/** Publishes events in batches. Resolves to one outcome for each event, in their order; never rejects. */
export type Publish = (events: readonly OutgoingEvent[]) => Promise<PublishOutcome[]>;

/** SNS's limits of one PublishBatch: entries, and bytes in total (256 KiB, less a reserve for the request itself). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 255 * 1024;

/** The message body of an event. */
export function bodyOf({ eventId, event }: OutgoingEvent): string {
  return messageOf({ ...event, eventId, schemaVersion: SCHEMA_VERSION });
}

/** Serializes to JSON, and escapes the two characters that are valid in JSON but rejected by SNS and SQS. */
export function messageOf(value: object): string {
  const json = JSON.stringify(value);
  return json.replaceAll('\ufffe', String.raw`\ufffe`).replaceAll('\uffff', String.raw`\uffff`);
}

/** A message to publish unchanged. */
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

/** Publishes messages unchanged, in batches. Resolves to one outcome for each message, in their order; never rejects. */
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
  for (const batch of batchesOf(entries.filter((entry) => entry.bytes <= MAX_BYTES))) {
    for (const [position, outcome] of await publishBatch(sns, topicArn, batch)) outcomes[position] = outcome;
  }
  return outcomes;
}

/** The message attributes of an event, in the format of SNS and SQS. */
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

function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = batches.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + entry.bytes <= MAX_BYTES) {
      last.push(entry);
      bytes += entry.bytes;
    } else {
      batches.push([entry]);
      bytes = entry.bytes;
    }
  }
  return batches;
}

/** Publishes a batch; resolves to the outcomes of failed entries. If SNS rejects the batch, each entry is sent alone. */
async function publishBatch(
  sns: SNSClient,
  topicArn: string,
  batch: readonly Entry[],
): Promise<[number, PublishOutcome][]> {
  try {
    const entries = batch.map((entry) => entry.request);
    const response = await sns.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries }),
    );
    return (response.Failed ?? []).map(({ Id, Code, Message = '', SenderFault }) => [
      Number(Id),
      { status: SenderFault ? 'permanent' : 'transient', reason: `${Code}: ${Message}` },
    ]);
  } catch (error) {
    const [first, ...rest] = batch;
    if (first && isRejection(error)) {
      if (rest.length === 0) return [[first.position, { status: 'permanent', reason: String(error) }]];
      return (await Promise.all(batch.map((entry) => publishBatch(sns, topicArn, [entry])))).flat();
    }
    return batch.map((entry) => [entry.position, { status: 'transient', reason: String(error) }]);
  }
}

/** Whether SNS rejected the request as invalid, so that a retry cannot succeed. */
function isRejection(error: unknown): boolean {
  return (
    error instanceof InvalidParameterException ||
    error instanceof InvalidParameterValueException ||
    error instanceof ValidationException
  );
}
