import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { REGION } from '@tandem/emulators/messaging-config';
import type { ServiceFunction } from '@tandem/runtime/function';
import type { SqsRecord } from '@tandem/runtime/function/consume';

export interface LambdaPollerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly consume: ServiceFunction['consume'];
  /** Largest number of messages of an invocation. Default: 10. */
  readonly batchSize?: number;
  /** Timeout of the function, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Time after which messages that were not deleted are received again, in seconds. Default: that of the queue. */
  readonly visibilityTimeout?: number;
}

/** An invocation of a simulated function. */
export interface Invocation {
  readonly messages: number;
  readonly failures: number;
}

const MAX_RECEIVED = 10;
/** Pause after a poll that failed. */
const RETRY_AFTER_MS = 100;

/** Event source mapping of Lambda, simulated: one function at a time gets the batches of a queue. */
export interface LambdaPoller {
  /** The invocations so far. */
  readonly invocations: readonly Invocation[];
  /** Resolves once the invocation in progress, if any, has ended. */
  stop(): Promise<void>;
}

/** Polls a queue for a function until it is stopped. A failed poll is repeated. */
export function startLambdaPoller(options: LambdaPollerOptions): LambdaPoller {
  const stopping = new AbortController();
  const invocations: Invocation[] = [];
  const polling = (async () => {
    while (!stopping.signal.aborted) {
      const invocation = await invokeWithBatch(options, stopping.signal).catch(() => delay(RETRY_AFTER_MS));
      if (invocation) invocations.push(invocation);
    }
  })();
  return {
    invocations,
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

/**
 * Receives a batch, invokes the function with it, and deletes the messages that it does not report. Resolves to undefined
 * if there are no messages. If the function rejects, or reports a message that is not in the batch, none is deleted.
 */
export async function invokeWithBatch(
  options: LambdaPollerOptions,
  signal?: AbortSignal,
): Promise<Invocation | undefined> {
  const { sqs, queueUrl, consume, timeoutMs = 60_000 } = options;
  const messages = await receiveBatch(options, signal);
  if (messages.length === 0) return undefined;
  const end = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => end - performance.now() };
  const records = messages.map((message) => recordOf(message, queueUrl));
  const failed = await consume({ Records: records }, context).then(
    ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
    () => undefined,
  );
  const ids = new Set(records.map(({ messageId }) => messageId));
  if (!failed || [...failed].some((id) => !ids.has(id)))
    return { messages: messages.length, failures: messages.length };
  const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
  for (let start = 0; start < done.length; start += MAX_RECEIVED) {
    const Entries = done
      .slice(start, start + MAX_RECEIVED)
      .map(({ ReceiptHandle }, position) => ({ Id: String(position), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
  return { messages: messages.length, failures: failed.size };
}

async function receiveBatch(
  { sqs, queueUrl, batchSize = MAX_RECEIVED, visibilityTimeout }: LambdaPollerOptions,
  signal: AbortSignal | undefined,
): Promise<readonly Message[]> {
  const batch: Message[] = [];
  while (batch.length < batchSize) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(MAX_RECEIVED, batchSize - batch.length),
        WaitTimeSeconds: batch.length === 0 ? 1 : 0,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        ...(visibilityTimeout === undefined ? {} : { VisibilityTimeout: visibilityTimeout }),
      }),
      signal && batch.length === 0 ? { abortSignal: signal } : {},
    );
    if (Messages.length === 0) break;
    batch.push(...Messages);
  }
  return batch;
}

/** A message as Lambda passes it on: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function recordOf(
  { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }: Message,
  queueUrl: string,
): SqsRecord {
  const attributes = Object.entries(MessageAttributes).map(([name, { StringValue, DataType }]) => [
    name,
    { stringValue: StringValue, stringListValues: [], binaryListValues: [], dataType: DataType },
  ]);
  const record = {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: Object.fromEntries(attributes) as SqsRecord['messageAttributes'] & object,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:000000000000:${queueUrl.slice(queueUrl.lastIndexOf('/') + 1)}`,
    awsRegion: REGION,
  };
  return record;
}
