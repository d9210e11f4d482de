import assert from 'node:assert/strict';
import type { publisher } from '../support/events.ts';
import type { Client } from '../support/http.ts';
import { until } from '../support/until.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { Scenario } from './scenario.ts';

/** Scenario with its clients. */
export interface ScenarioContext extends Scenario {
  readonly pauseConsumer: EventRecorder['pauseConsumer'];
  /** Publishes as another producer. */
  readonly publish: ReturnType<typeof publisher>;
  readonly user: Client;
  readonly guest: Client;
  /** Opens a cart, and names its id in the events. */
  readonly openCart: (api: Client, name: string) => Promise<string>;
}

/** Products in a page of a snapshot: with more than one page the events have a cursor. */
const PAGE = 100;
/** Prefix of the ids of products that only fill a page. */
export const FILLER = 'filler-';

/** Products are created, changed, stocked, sold, deleted and published again; holds are confirmed, moved, rejected and renewed. */
export async function runSales(context: ScenarioContext): Promise<void> {
  const { step, nameId, pauseConsumer, user, guest, openCart } = context;
  const createProduct = (productId: string, inventory: number, fields: object = {}) =>
    step({ ProductCreated: 1 }, () => user.putProduct(productId, { inventory, ...fields }));
  const patchProduct = (productId: string, fields: object) =>
    step({ ProductUpdated: 1, ProductEdited: 1 }, () =>
      user.call('PATCH', `/products/${productId}`, { body: fields }),
    );
  const changeStock = (productId: string, change: object) =>
    step({ ProductUpdated: 1 }, () => user.call('POST', `/products/${productId}/stock`, { body: change }));
  const stockUpdated = { ProductUpdated: 1 };

  await createProduct('mug', 5, { name: 'Mug', price: 1250, category: 'kitchen' });
  await createProduct('cup', 12, { name: 'Tasse ☕', maxPerCart: 6 });
  await patchProduct('cup', { price: 0 });

  const guestCart = await openCart(guest, 'cart-guest');
  await step({ ProductAddedToCart: 1, ...stockUpdated }, () => addItem(guest, guestCart, 'mug', 2));
  await step({ ProductRemovedFromCart: 1, ...stockUpdated }, () => setQuantity(guest, guestCart, 'mug', 1));
  const userCart = await openCart(user, 'cart-user');
  await step({ ProductAddedToCart: 1, ...stockUpdated }, () => addItem(user, userCart, 'cup', 3));
  await step({ ProductAddedToCart: 1, ...stockUpdated }, () => addItem(user, userCart, 'mug', 1));

  // Until Product has responded to the merge, each request of the line names the carts whose units it moves.
  const merged = {
    ProductAddedToCart: 1,
    ProductRemovedFromCart: 2,
    ProductUpdated: 1,
    InventoryReserved: 1,
  };
  await step(merged, async () => {
    const pause = pauseConsumer('product');
    assert.equal((await user.merge(userCart, guestCart)).status, 200);
    await pause.received;
    await setQuantity(user, userCart, 'mug', 1);
    pause.resume();
  });
  const secondCart = await openCart(guest, 'cart-second');
  await step({ ProductAddedToCart: 1, ...stockUpdated }, () => addItem(guest, secondCart, 'cup', 1));
  const renewed = {
    ProductAddedToCart: 1,
    ProductRemovedFromCart: 1,
    InventoryReservationRequested: 1,
    InventoryReserved: 3,
  };
  await step(renewed, async () => {
    const pause = pauseConsumer('product');
    assert.equal((await user.merge(userCart, secondCart)).status, 200);
    await pause.received;
    await renewHolds(user, userCart);
    pause.resume();
  });

  // A cart that has not received the hold of another one is rejected, and keeps its held units.
  const [firstCart, lateBuyer] = [await openCart(guest, 'cart-first'), await openCart(guest, 'cart-late')];
  const rejected = { ProductAddedToCart: 2, InventoryReservationRejected: 1, ...stockUpdated };
  await step(rejected, async () => {
    const pause = pauseConsumer('cart');
    await addItem(guest, firstCart, 'mug', 4);
    await pause.received;
    await addItem(guest, lateBuyer, 'mug', 1);
    await until(
      () => user.product('mug'),
      ({ body }) => body.inventory === 0,
    );
    pause.resume();
  });
  const [fastCart, keptCart] = [await openCart(guest, 'cart-fast'), await openCart(guest, 'cart-kept')];
  await step({ ProductAddedToCart: 1, ...stockUpdated }, () => addItem(guest, keptCart, 'cup', 2));
  await step({ ...rejected, ProductRemovedFromCart: 1, InventoryReserved: 1 }, async () => {
    const pause = pauseConsumer('cart');
    await addItem(guest, fastCart, 'cup', 5);
    await pause.received;
    await setQuantity(guest, keptCart, 'cup', 4);
    await until(
      () => user.product('cup'),
      ({ body }) => body.inventory === 1,
    );
    pause.resume();
  });
  await step({ ProductRemovedFromCart: 1 }, () => setQuantity(guest, lateBuyer, 'mug', 0));
  const soldTwo = { CartCheckedOut: 1, ProductUpdated: 2 };
  await step(soldTwo, async () => assert.equal((await user.checkOut(userCart)).status, 200));
  await step({ ProductAddedToCart: 1, ...stockUpdated }, () => addItem(guest, lateBuyer, 'cup', 1));
  const sold = { CartCheckedOut: 1, ...stockUpdated };
  await step(sold, async () => assert.equal((await guest.checkOut(lateBuyer)).status, 200));
  await step({ ProductRemovedFromCart: 1, ...stockUpdated }, () =>
    guest.call('DELETE', `/carts/${firstCart}`),
  );
  await step({ InventoryReservationRequested: 1, InventoryReserved: 1 }, () => renewHolds(guest, fastCart));

  // A count below the held units.
  await changeStock('cup', { onHand: 1 });
  await step({ ...sold, InventoryShort: 1 }, async () => {
    await setQuantity(guest, keptCart, 'cup', 2);
    assert.equal((await guest.checkOut(keptCart)).status, 200);
  });
  await changeStock('cup', { delta: 10 });

  // Requests for a product that Cart does not know to be deleted, and for one that never existed, are rejected too.
  const lateCart = await openCart(guest, 'cart-too-late');
  await step({ ProductDeleted: 1, ProductAddedToCart: 1, InventoryReservationRejected: 1 }, async () => {
    const pause = pauseConsumer('cart');
    await user.call('DELETE', '/products/cup');
    await pause.received;
    await addItem(guest, lateCart, 'cup', 1);
    pause.resume();
  });
  await createProduct('cup', 4, { name: 'Cup' });
  await context.publish('product-events-topic', JSON.stringify(UNKNOWN_PRODUCT));
  const misledCart = await openCart(guest, 'cart-misled');
  await step({ ProductAddedToCart: 1, InventoryReservationRejected: 1 }, () =>
    until(
      () => guest.add(misledCart, UNKNOWN_PRODUCT.productId, 1),
      ({ status }) => status === 200,
    ),
  );
  await patchProduct('mug', { maxPerCart: 9 });

  const lines = Array.from({ length: PAGE }, (_, n) =>
    JSON.stringify({ productId: `${FILLER}${n}`, name: 'Filler', price: 1, currency: 'EUR', inventory: 1 }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  await step({ ProductCreated: PAGE }, () =>
    user.call('POST', '/products/import', { body: lines.join('\n'), headers }),
  );
  const pages = { ProductSnapshotRequested: 2, ProductSnapshot: PAGE + 2, ProductSnapshotCompleted: 1 };
  await step(pages, async () => {
    const { body } = await user.call<{ snapshotId: string }>('POST', '/products/snapshots');
    nameId(body.snapshotId, 'snapshot-1');
  });
}

/** Event of another producer about a product that Product does not have. */
const UNKNOWN_PRODUCT = {
  eventType: 'ProductUpdated',
  productId: 'ghost',
  name: 'Ghost',
  price: 1,
  currency: 'EUR',
  inventory: 1,
  updatedAt: '2026-02-14T15:00:00Z',
  version: 1,
};

/** Carts expire. */
export async function runCartExpiry({ step, user, guest, openCart }: ScenarioContext): Promise<void> {
  const carts = [
    [guest, 'cart-forgotten', 'lamp'],
    [user, 'cart-left', 'rug'],
  ] as const;
  for (const [, , product] of carts)
    await step({ ProductCreated: 1 }, () => user.putProduct(product, { inventory: 3 }));
  const expected = { ProductAddedToCart: 2, CartExpired: 2, ProductUpdated: 4 };
  await step(expected, async () => {
    for (const [api, cart, product] of carts) await addItem(api, await openCart(api, cart), product, 2);
  });
}

/** A hold expires before its cart. */
export async function runHoldExpiry({ step, user, guest, openCart }: ScenarioContext): Promise<void> {
  await step({ ProductCreated: 1 }, () => user.putProduct('clock', { inventory: 3 }));
  const cartId = await openCart(guest, 'cart-slow');
  const expected = { ProductAddedToCart: 1, InventoryReservationExpired: 1, ProductUpdated: 2 };
  await step(expected, () => addItem(guest, cartId, 'clock', 2));
}

/** Holds do not expire. */
export async function runUnlimitedHolds({ step, user, guest, openCart }: ScenarioContext): Promise<void> {
  await step({ ProductCreated: 1 }, () => user.putProduct('vase', { inventory: 3 }));
  const cartId = await openCart(guest, 'cart-patient');
  await step({ ProductAddedToCart: 1, ProductUpdated: 1 }, () => addItem(guest, cartId, 'vase', 2));
  await step({ InventoryReservationRequested: 1, InventoryReserved: 1 }, () => renewHolds(guest, cartId));
}

async function addItem(api: Client, cartId: string, productId: string, qty: number): Promise<void> {
  const { status, text } = await api.add(cartId, productId, qty);
  assert.equal(status, 200, text);
}

async function setQuantity(api: Client, cartId: string, productId: string, qty: number): Promise<void> {
  const { status, text } = await api.call('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty } });
  assert.equal(status, 200, text);
}

async function renewHolds(api: Client, cartId: string): Promise<void> {
  const { status, text } = await api.call('POST', `/carts/${cartId}/hold`);
  assert.equal(status, 200, text);
}
