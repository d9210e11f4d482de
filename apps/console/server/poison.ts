import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { currentTraceparent } from '@tandem/chassis/trace';
import type { EventType } from '@tandem/contracts/events';
import type { QueueName } from '@tandem/contracts/topology';
import type { Place } from '@tandem/dlq/place';

/** Of each queue, an event of a type that its consumer knows, with a field that its schema refuses. */
const poison: Readonly<Record<QueueName, { readonly eventType: EventType } & Record<string, unknown>>> = {
  'cart-product-updates-queue': { eventType: 'ProductUpdated', productId: 'poison', price: 'free' },
  'product-cart-events-queue': { eventType: 'ProductAddedToCart', productId: 'poison', qty: 'plenty' },
};

/** Sends to a queue a message that no consumer accepts, and that a probe knows; resolves to its id and its event's. */
export async function sendPoison(
  { sqs, queueUrl }: Pick<Place, 'sqs' | 'queueUrl'>,
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
