import { ChangeMessageVisibilityBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';

/** A message that is to come again. */
export interface Returned {
  readonly message: Message;
  readonly delaySeconds: number;
}

/** 1, 5, 25, 125 s: the receives before the dead-letter queue outlast an outage of minutes. */
export function backoffSeconds(message: Message): number {
  const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  return 5 ** Math.min(receives - 1, 3);
}

/** Best effort: where it fails, the messages come back when their visibility timeout is over. */
export async function returnToQueue(
  sqs: SQSClient,
  queueUrl: string,
  returned: readonly Returned[],
): Promise<void> {
  if (returned.length === 0) return;
  const entries = returned.map(({ message, delaySeconds }, position) => ({
    Id: String(position),
    ReceiptHandle: message.ReceiptHandle,
    VisibilityTimeout: delaySeconds,
  }));
  await sqs
    .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
    .catch(() => undefined);
}
