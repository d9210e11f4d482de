import { ChangeMessageVisibilityBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';

/** A message to return to its queue, which redelivers it after the delay. */
export interface ReturnedMessage {
  readonly message: Message;
  readonly delaySeconds: number;
}

/** Exponential backoff by receives: 1, 5, 25, 125 s, so that a message outlasts an outage of minutes. */
export function backoffSeconds(message: Message): number {
  const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  return 5 ** Math.min(receives - 1, 3);
}

/** Returns messages to their queue. Best effort: otherwise they are redelivered after their visibility timeout. */
export async function returnToQueue(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly ReturnedMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const entries = messages.map(({ message, delaySeconds }, position) => ({
    Id: String(position),
    ReceiptHandle: message.ReceiptHandle,
    VisibilityTimeout: delaySeconds,
  }));
  await sqs
    .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
    .catch(() => undefined);
}
