import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Keeps what can never be published, as it would have been sent, with the reason. Rejects when it could not. */
export type Park = (body: string, reason: string, traceparent?: string) => Promise<void>;

/**
 * Parks in a queue, the reason in the message attribute `reason`, beside the trace. An event's other attributes follow
 * from its body, and may be what was refused: a queue would refuse them as well.
 */
export function createParking(sqs: SQSClient, queueUrl: string): Park {
  return async (body, reason, traceparent) => {
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    const message = {
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: {
        reason: attribute(printable(reason)),
        ...(traceparent === undefined ? {} : { traceparent: attribute(traceparent) }),
      },
    };
    await sqs.send(new SendMessageCommand(message));
  };
}

/** Characters that SQS allows in a message attribute. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
