import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Parks a message that can never be published, with the reason. Rejects if it could not be parked. */
export type Park = (body: string, reason: string, traceparent?: string) => Promise<void>;

/**
 * Parks messages in a queue, with the message attributes `reason` and `traceparent`. An event's other attributes can be
 * derived from its body, and are omitted: if SNS rejected one of them, SQS would reject it too.
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

/** Replaces characters that SQS may not accept in a message attribute, and limits the length. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
