import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { EventType, NewEvent } from '@tandem/contracts/events';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { topology, type TopicName } from '@tandem/contracts/topology';
import { topicArn } from '@tandem/emulators/messaging-config';
import type { TestSystem } from './test-system.ts';
import { productId, productInput, type Shop } from './shop.ts';

const TRACEPARENT = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
const QUEUE = 'product-cart-events-queue';
const FAR_AHEAD = 5_000;
/** What each response of Product carries beside the line's own. */
const RESPONSE = { productVersion: FAR_AHEAD, revision: 2 };

/** Brings the system into the state that an event meets in real use; resolves to the event. */
type Prepare = (shop: Shop, system: TestSystem) => Promise<NewEvent>;

const at = () => new Date().toISOString();
const productState = (i: number) => {
  const { imageUrl: _image, description: _text, ...published } = productInput(i);
  const stock = { onHand: published.inventory, held: 0, incarnation: 1 };
  return { productId: productId(i), ...published, ...stock, updatedAt: at(), version: FAR_AHEAD };
};

/** A cart whose last line is not confirmed yet, and the order of the response to it. */
async function requesting(shop: Shop, { lockstep }: TestSystem) {
  const cart = await shop.cart(1);
  lockstep.hold(QUEUE);
  const { body } = await shop.step(shop.adding(cart));
  const { productId = '' } = (body.items as { productId: string }[]).at(-1) ?? {};
  return { cartId: publicIdOf(cart.cartId), productId, cartVersion: body.version as number, timestamp: at() };
}

async function line(shop: Shop) {
  const { cartId, last, who } = await shop.cart(1);
  const common = {
    cartId: publicIdOf(cartId),
    userId: who.as ?? null,
    timestamp: at(),
    cartVersion: FAR_AHEAD,
  };
  return { common, item: { productId: last, priceAtAdd: 295 } };
}

async function end(shop: Shop) {
  const { common, item } = await line(shop);
  return { ...common, items: [{ ...item, qty: 2 }], totalAmount: 590, currency: 'GBP' };
}

/** Each event as it meets the other context, by itself. */
export const events: Readonly<Record<EventType, Prepare>> = {
  ProductCreated: async () => ({ eventType: 'ProductCreated', ...productState(FAR_AHEAD) }),
  ProductUpdated: async (shop) => ({ eventType: 'ProductUpdated', ...productState(shop.anyProduct()) }),
  ProductSnapshot: async (shop) => ({
    eventType: 'ProductSnapshot',
    snapshotId: 'measured',
    ...productState(shop.anyProduct()),
    version: FAR_AHEAD + 1,
  }),
  ProductDeleted: async () => ({
    eventType: 'ProductDeleted',
    productId: productId(FAR_AHEAD),
    version: 2 * FAR_AHEAD,
    updatedAt: at(),
  }),
  ProductSnapshotRequested: async () => ({
    eventType: 'ProductSnapshotRequested',
    requestId: 'measured',
    timestamp: at(),
  }),
  ProductSnapshotCompleted: async () => ({
    eventType: 'ProductSnapshotCompleted',
    snapshotId: 'measured',
    productCount: 120,
    timestamp: at(),
  }),
  InventoryReserved: async (shop, system) => ({
    eventType: 'InventoryReserved',
    qty: 2,
    ...RESPONSE,
    ...(await requesting(shop, system)),
  }),
  InventoryReservationRejected: async (shop, system) => ({
    eventType: 'InventoryReservationRejected',
    requestedQty: 2,
    availableQty: 0,
    keptQty: 0,
    ...RESPONSE,
    ...(await requesting(shop, system)),
  }),
  InventoryReservationExpired: async (shop, system) => ({
    eventType: 'InventoryReservationExpired',
    qty: 2,
    ...RESPONSE,
    ...(await requesting(shop, system)),
  }),
  // Consumed by nobody here: what is measured is its way to the topic.
  InventoryShort: async (shop) => {
    const { common, item } = await line(shop);
    const { cartId, timestamp, cartVersion } = common;
    const { productId } = item;
    return { eventType: 'InventoryShort', cartId, productId, qty: 2, missingQty: 1, cartVersion, timestamp };
  },
  ProductAddedToCart: async (shop) => {
    const { common, item } = await line(shop);
    return { eventType: 'ProductAddedToCart', ...common, ...item, qty: 1, lineQty: 3 };
  },
  ProductRemovedFromCart: async (shop) => {
    const { common, item } = await line(shop);
    return { eventType: 'ProductRemovedFromCart', ...common, ...item, qty: 2, lineQty: 0 };
  },
  InventoryReservationRequested: async (shop) => {
    const { common, item } = await line(shop);
    const items = [{ productId: item.productId, qty: 2 }];
    return { eventType: 'InventoryReservationRequested', ...common, items };
  },
  CartCheckedOut: async (shop) => ({ eventType: 'CartCheckedOut', ...(await end(shop)) }),
  CartExpired: async (shop) => ({ eventType: 'CartExpired', ...(await end(shop)) }),
};

/** Publishes an event as the owner's relay does, and waits until everything that it causes is over. */
export async function publish(system: TestSystem, event: NewEvent): Promise<void> {
  const [topic] =
    Object.entries(topology.topics).find(([, it]) => it.eventTypes.includes(event.eventType)) ?? [];
  if (topic === undefined) throw new Error(`no topic for ${event.eventType}`);
  const { owner } = topology.topics[topic as TopicName];
  const send = createPublisher(system.topics[owner], topicArn(topic));
  await send([{ eventId: `measured/${event.eventType}/5000/0`, traceparent: TRACEPARENT, event }]);
  await system.lockstep.atRest();
  system.lockstep.letGo(QUEUE);
}
