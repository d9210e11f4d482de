import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import type { EventType, NewEvent } from '@tandem/contracts/events';
import { eventExamples } from '@tandem/contracts/examples';
import { type TopicName, topology } from '@tandem/contracts/topology';
import { topicArn } from '@tandem/emulators/messaging-config';
import type { Shop } from './shop.ts';
import type { MeasuredSystem } from './system.ts';

const TRACEPARENT = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
/** Version of events, higher than the version of any state. */
const VERSION = 5_000;

/** The contract's example of an event, applied to a cart with a line, its product and the present. */
async function eventFor(eventType: EventType, shop: Shop): Promise<NewEvent> {
  const { cartId, version, last: productId, owner } = await shop.cart(1);
  const [example] = eventExamples[eventType];
  const now = new Date().toISOString();
  const state = {
    cartId: publicIdOf(cartId),
    userId: owner.subject ?? null,
    productId,
    items: [{ productId, qty: 2, priceAtAdd: 295 }],
    version: VERSION,
    // A response has the version of the request, and a higher revision.
    cartVersion: 'revision' in example ? version : VERSION,
    revision: VERSION,
    productVersion: VERSION,
    timestamp: now,
    updatedAt: now,
    reserved: undefined,
    movedFrom: undefined,
  };
  const changes = Object.entries(state).filter(([name]) => name in example);
  return { ...example, ...Object.fromEntries(changes) } as NewEvent;
}

/** Publishes an event of a type, like the relay of its topic, and waits until the system is at rest. */
export async function publishEvent(system: MeasuredSystem, topic: TopicName, event: NewEvent): Promise<void> {
  const publish = createPublisher(system.sns, topicArn(topic));
  await publish([{ eventId: `measured/${event.eventType}/${VERSION}/0`, traceparent: TRACEPARENT, event }]);
  await system.lockstep.atRest();
}

/** Events of every type, each to be published when the previous one has been measured. */
export async function* typicalEvents(shop: Shop) {
  for (const topic of Object.keys(topology.topics) as TopicName[])
    for (const eventType of topology.topics[topic].eventTypes)
      yield { topic, event: await eventFor(eventType, shop) };
}
