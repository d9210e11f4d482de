import { ChangeMessageVisibilityBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { batchesOf } from './backlog.ts';

/** A message to return to its queue, which redelivers it after the delay. */
export interface ReturnedMessage {
  readonly message: Message;
  readonly delaySeconds: number;
}

/** Exponential backoff by receives: 1, 5, 25, 125 s, so that a message outlasts an outage of minutes. */
export function backoffSeconds(message: Message): number {
  return 5 ** Math.min(receivesOf(message) - 1, 3);
}

/** Number of times that a message was received, this one included. */
export function receivesOf({ Attributes }: Message): number {
  return Number(Attributes?.ApproximateReceiveCount ?? 1);
}

/**
 * Returns messages to their queue, or hides them there for longer. Best effort: otherwise they are redelivered after their
 * visibility timeout. SQS hides a message for at most twelve hours after its receive.
 */
export async function returnToQueue(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly ReturnedMessage[],
): Promise<void> {
  const entries = messages.map(({ message, delaySeconds }, position) => ({
    Id: String(position),
    ReceiptHandle: message.ReceiptHandle,
    VisibilityTimeout: delaySeconds,
  }));
  const requests = batchesOf(entries).map((Entries) =>
    sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries })),
  );
  await Promise.allSettled(requests);
}
