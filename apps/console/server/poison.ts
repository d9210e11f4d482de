import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { currentTraceparent } from '@tandem/chassis/trace';
import type { EventType } from '@tandem/contracts/events';
import type { QueueName } from '@tandem/contracts/topology';
import type { Target } from '@tandem/dlq/target';

/** Poison message per queue: an event of a known type with a field that violates its schema. */
const poison: Readonly<Record<QueueName, { readonly eventType: EventType } & Record<string, unknown>>> = {
  'cart-product-updates-queue': { eventType: 'ProductUpdated', productId: 'poison', price: 'free' },
  'product-cart-events-queue': { eventType: 'ProductAddedToCart', productId: 'poison', qty: 'plenty' },
};

/** Sends a poison message to a queue, marked by the attribute `poison`; resolves to its message id and event id. */
export async function sendPoisonMessage(
  { sqs, queueUrl }: Pick<Target, 'sqs' | 'queueUrl'>,
  queue: QueueName,
): Promise<{ messageId: string; eventId: string }> {
  const eventId = `poison/${randomUUID()}`;
  const body = { ...poison[queue], eventId };
  const attributes = {
    eventType: body.eventType,
    eventId,
    traceparent: currentTraceparent(),
    poison: '1',
  };
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
