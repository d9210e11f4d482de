import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { currentTraceparent } from '@tandem/chassis/trace';
import { eventExamples } from '@tandem/contracts/examples';
import type { QueueName, Topology } from '@tandem/contracts/topology';
import type { Target } from '@tandem/dlq/target';

/**
 * Sends a poison message to a queue: an event of the first type that it subscribes to, with a field that violates its
 * schema, and with the attribute `poison`. Resolves to its message id and event id.
 */
export async function sendPoisonMessage(
  { sqs, queueUrl }: Pick<Target, 'sqs' | 'queueUrl'>,
  topology: Topology,
  queue: QueueName,
): Promise<{ messageId: string; eventId: string }> {
  const eventId = `poison/${randomUUID()}`;
  const [eventType] = topology.subscriptions.find((other) => other.queue === queue)?.eventTypes ?? [];
  if (eventType === undefined) throw new TypeError(`${queue} has no subscription`);
  const body = { ...eventExamples[eventType][0], eventId, schemaVersion: 'poison' };
  const attributes = { eventType, eventId, traceparent: currentTraceparent(), poison: '1' };
  const { MessageId: messageId = '' } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: await queueUrl(queue),
      MessageBody: JSON.stringify(body),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );
  return { messageId, eventId };
}
