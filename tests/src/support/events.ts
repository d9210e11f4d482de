import { PublishCommand } from '@aws-sdk/client-sns';
import type { EventOf, EventType, TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import type { TopicName } from '@tandem/contracts/topology';
import { topicArn } from '@tandem/emulators/messaging-config';
import { openClients, subscribe } from './messaging.ts';
import type { TestMessage } from './queues.ts';
import { until } from './until.ts';

/** Listener that receives the events of a topic from now on, through its own queue. */
export interface Listener extends Disposable {
  /** Resolves to all received events once the condition holds. */
  until(holds: (events: readonly TandemEvent[]) => boolean): Promise<readonly TandemEvent[]>;
  /** Resolves to the received events of a type once the condition holds for them; default: once there is one. */
  untilType<T extends EventType>(
    type: T,
    holds?: (events: readonly EventOf<T>[]) => boolean,
  ): Promise<readonly EventOf<T>[]>;
}

/** Subscribes a listener to a topic. */
export async function listen(endpoint: string, topic: TopicName): Promise<Listener> {
  const subscription = await subscribe(endpoint, `listener-of-${topic}`, [topic]);
  const received: TandemEvent[] = [];
  const receive = async () => {
    for (const { Body = '' } of await subscription.receiveAll()) {
      const result = readEvent(Body);
      if (!result.ok) throw new Error(`no event: ${Body}`);
      received.push(result.event);
    }
    return received;
  };
  return {
    until: (holds) => until(receive, holds),
    untilType: (type, holds = ({ length }) => length > 0) =>
      until(async () => eventsOfType(await receive(), type), holds),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

/** Events of a type. */
export function eventsOfType<T extends EventType>(
  events: readonly TandemEvent[],
  type: T,
): readonly EventOf<T>[] {
  return events.filter((event): event is Extract<TandemEvent, EventOf<T>> => event.eventType === type);
}

/** Creates a publisher of event bodies, which it sends unchanged to a topic, one after the other. */
export function publisher(endpoint: string): (topic: TopicName, ...bodies: string[]) => Promise<void> {
  const { sns } = openClients(endpoint);
  return async (topic, ...bodies) => {
    for (const body of bodies) {
      const { eventType } = JSON.parse(body) as { eventType: string };
      await sns.send(
        new PublishCommand({
          TopicArn: topicArn(topic),
          Message: body,
          MessageAttributes: { eventType: { DataType: 'String', StringValue: eventType } },
        }),
      );
    }
  };
}

/** Trace of the messages of `productUpdated`. */
export const TRACE = '0123456789abcdef0123456789abcdef';

/** Valid event for Cart, as the relay sends it. */
export function productUpdated(productId: string, fields: object = {}): TestMessage {
  const eventId = `product/${productId}/2/0`;
  const updatedAt = '2026-02-14T15:00:00Z';
  const body = { name: productId, price: 1999, currency: 'USD', inventory: 120, updatedAt, version: 2 };
  return {
    body: JSON.stringify({ eventType: 'ProductUpdated', eventId, productId, ...body, ...fields }),
    attributes: {
      eventType: 'ProductUpdated',
      eventId,
      traceparent: `00-${TRACE}-0123456789abcdef-01`,
    },
  };
}
