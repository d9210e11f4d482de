import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** SQS's limit of the messages in one request. */
export const RECEIVE_LIMIT = 10;
/** An additional receive does not wait for messages; the visibility timeout of those received before is 30 s. */
const RECEIVE_TIMEOUT_MS = 2_000;

/** What a consumer wants to know of a message in addition to its body. */
export const receivedAttributes = {
  MessageAttributeNames: ['traceparent'],
  MessageSystemAttributeNames: ['ApproximateReceiveCount'],
} satisfies Partial<ReceiveMessageCommand['input']>;

/** Gathers larger batches while there is a backlog. */
export interface BacklogReceiver {
  /** Call with each received batch; resolves to the messages to apply with it. Never rejects. */
  more(received: readonly Message[]): Promise<readonly Message[]>;
}

/**
 * Creates a receiver that adds to a full batch up to `maxBatchSize` messages in total, so that a consumer commits more of
 * them together the further it is behind. The number of additional receives doubles while they are full, so that a queue
 * without a backlog costs no additional requests. A receive that fails, takes more than two seconds or is aborted adds nothing, as
 * the messages that were received already wait for it: the next poll reports the fault.
 */
export function createBacklogReceiver(
  sqs: SQSClient,
  queueUrl: string,
  maxBatchSize: number,
  signal?: AbortSignal,
): BacklogReceiver {
  const maxReceives = Math.floor(maxBatchSize / RECEIVE_LIMIT);
  let receives = 1;
  const receive = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: RECEIVE_LIMIT,
        WaitTimeSeconds: 0,
        ...receivedAttributes,
      }),
      {
        abortSignal: AbortSignal.any([AbortSignal.timeout(RECEIVE_TIMEOUT_MS), ...(signal ? [signal] : [])]),
      },
    );
    return Messages;
  };
  return {
    async more(received) {
      const isFull = received.length === RECEIVE_LIMIT;
      const batches = await Promise.all(
        Array.from({ length: isFull ? receives - 1 : 0 }, () => receive().catch(() => [])),
      );
      const messages = batches.flat();
      const filled = Math.floor((received.length + messages.length) / RECEIVE_LIMIT);
      receives = Math.max(1, Math.min(2 * filled, maxReceives));
      return messages;
    },
  };
}

/** Deletes messages. Resolves to the errors of requests that failed: their messages are redelivered, and have no effect. */
export async function deleteMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<readonly unknown[]> {
  const entries = messages.map(({ ReceiptHandle }, position) => ({ Id: String(position), ReceiptHandle }));
  const requests = batchesOf(entries).map((Entries) =>
    sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })),
  );
  const results = await Promise.allSettled(requests);
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}

/** Splits a list into batches that fit into one request of SQS. */
export function batchesOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / RECEIVE_LIMIT) }, (_, i) =>
    all.slice(i * RECEIVE_LIMIT, (i + 1) * RECEIVE_LIMIT),
  );
}
