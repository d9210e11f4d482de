import assert from 'node:assert/strict';
import type { publisher } from '../support/events.ts';
import type { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import type { Narrator } from './scenario.ts';
import type { Recorder } from './event-recorder.ts';

type Client = ReturnType<typeof client>;
/** What a scene is played on. */
export interface Stage extends Narrator {
  readonly hold: Recorder['hold'];
  /** Publishes as somebody else. */
  readonly publish: ReturnType<typeof publisher>;
  readonly user: Client;
  readonly guest: Client;
  /** Opens a cart that the story calls so. */
  readonly open: (by: Client, name: string) => Promise<string>;
}

/** One page of a snapshot: more products than that need a cursor. */
const PAGE = 100;
/** What only fills the page. */
export const FILLER = 'filler-';

/** Products are created, changed, stocked, sold, deleted and published again; holds are confirmed, moved, rejected and renewed. */
export async function sell(stage: Stage): Promise<void> {
  const { tell, name, hold, user, guest, open } = stage;
  const put = (productId: string, inventory: number, fields: object = {}) =>
    tell({ ProductCreated: 1 }, () => user.putProduct(productId, { inventory, ...fields }));
  const changed = (productId: string, fields: object) =>
    tell({ ProductUpdated: 1 }, () => user.call('PATCH', `/products/${productId}`, { body: fields }));
  const stocked = (productId: string, change: object) =>
    tell({ ProductUpdated: 1 }, () => user.call('POST', `/products/${productId}/stock`, { body: change }));
  const stockMoves = { ProductUpdated: 1 };

  await put('mug', 5, { name: 'Mug', price: 1250, category: 'kitchen' });
  await put('cup', 12, { name: 'Tasse ☕', maxPerCart: 6 });
  await changed('cup', { price: 0 });

  const guestCart = await open(guest, 'cart-guest');
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(guest, guestCart, 'mug', 2));
  await tell({ ProductRemovedFromCart: 1, ...stockMoves }, () => set(guest, guestCart, 'mug', 1));
  const userCart = await open(user, 'cart-user');
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(user, userCart, 'cup', 3));
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(user, userCart, 'mug', 1));

  // Until Product has responded to the merge, each request of the line says whose units it takes over.
  const merged = {
    ProductAddedToCart: 1,
    ProductRemovedFromCart: 2,
    ProductUpdated: 1,
    InventoryReserved: 1,
  };
  await tell(merged, async () => {
    const product = hold('product');
    assert.equal((await user.merge(userCart, guestCart)).status, 200);
    await product.taken;
    await set(user, userCart, 'mug', 1);
    product.release();
  });
  const second = await open(guest, 'cart-second');
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(guest, second, 'cup', 1));
  const renewed = {
    ProductAddedToCart: 1,
    ProductRemovedFromCart: 1,
    InventoryReservationRequested: 1,
    InventoryReserved: 3,
  };
  await tell(renewed, async () => {
    const product = hold('product');
    assert.equal((await user.merge(userCart, second)).status, 200);
    await product.taken;
    await renew(user, userCart);
    product.release();
  });

  // Whoever does not know yet that another one was faster is rejected, and keeps what they held.
  const [first, late] = [await open(guest, 'cart-first'), await open(guest, 'cart-late')];
  const rejected = { ProductAddedToCart: 2, InventoryReservationRejected: 1, ...stockMoves };
  await tell(rejected, async () => {
    const cart = hold('cart');
    await added(guest, first, 'mug', 4);
    await cart.taken;
    await added(guest, late, 'mug', 1);
    await until(
      () => user.product('mug'),
      ({ body }) => body.inventory === 0,
    );
    cart.release();
  });
  const [fast, kept] = [await open(guest, 'cart-fast'), await open(guest, 'cart-kept')];
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(guest, kept, 'cup', 2));
  await tell({ ...rejected, ProductRemovedFromCart: 1, InventoryReserved: 1 }, async () => {
    const cart = hold('cart');
    await added(guest, fast, 'cup', 5);
    await cart.taken;
    await set(guest, kept, 'cup', 4);
    await until(
      () => user.product('cup'),
      ({ body }) => body.inventory === 1,
    );
    cart.release();
  });
  await tell({ ProductRemovedFromCart: 1 }, () => set(guest, late, 'mug', 0));
  const soldTwo = { CartCheckedOut: 1, ProductUpdated: 2 };
  await tell(soldTwo, async () => assert.equal((await user.checkOut(userCart)).status, 200));
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(guest, late, 'cup', 1));
  const sold = { CartCheckedOut: 1, ...stockMoves };
  await tell(sold, async () => assert.equal((await guest.checkOut(late)).status, 200));
  await tell({ ProductRemovedFromCart: 1, ...stockMoves }, () => guest.call('DELETE', `/carts/${first}`));
  await tell({ InventoryReservationRequested: 1, InventoryReserved: 1 }, () => renew(guest, fast));

  // A count finds less than carts hold.
  await stocked('cup', { onHand: 1 });
  await tell({ ...sold, InventoryShort: 1 }, async () => {
    await set(guest, kept, 'cup', 2);
    assert.equal((await guest.checkOut(kept)).status, 200);
  });
  await stocked('cup', { delta: 10 });

  // Whoever does not know yet that the product is gone is rejected too, and whoever heard of one that there never was.
  const tooLate = await open(guest, 'cart-too-late');
  await tell({ ProductDeleted: 1, ProductAddedToCart: 1, InventoryReservationRejected: 1 }, async () => {
    const cart = hold('cart');
    await user.call('DELETE', '/products/cup');
    await cart.taken;
    await added(guest, tooLate, 'cup', 1);
    cart.release();
  });
  await put('cup', 4, { name: 'Cup' });
  await stage.publish('product-events-topic', JSON.stringify(GHOST));
  const misled = await open(guest, 'cart-misled');
  await tell({ ProductAddedToCart: 1, InventoryReservationRejected: 1 }, () =>
    until(
      () => guest.add(misled, GHOST.productId, 1),
      ({ status }) => status === 200,
    ),
  );
  await changed('mug', { maxPerCart: 9 });

  const lines = Array.from({ length: PAGE }, (_, n) =>
    JSON.stringify({ productId: `${FILLER}${n}`, name: 'Filler', price: 1, currency: 'EUR', inventory: 1 }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  await tell({ ProductCreated: PAGE }, () =>
    user.call('POST', '/products/import', { body: lines.join('\n'), headers }),
  );
  const pages = { ProductSnapshotRequested: 2, ProductSnapshot: PAGE + 2, ProductSnapshotCompleted: 1 };
  await tell(pages, async () => {
    const { body } = await user.call<{ snapshotId: string }>('POST', '/products/snapshots');
    name(body.snapshotId, 'snapshot-1');
  });
}

/** A product that somebody else published, and Product does not know. */
const GHOST = {
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
export async function expireCarts({ tell, user, guest, open }: Stage): Promise<void> {
  const carts = [
    [guest, 'cart-forgotten', 'lamp'],
    [user, 'cart-left', 'rug'],
  ] as const;
  for (const [, , product] of carts)
    await tell({ ProductCreated: 1 }, () => user.putProduct(product, { inventory: 3 }));
  const expected = { ProductAddedToCart: 2, CartExpired: 2, ProductUpdated: 4 };
  await tell(expected, async () => {
    for (const [by, cart, product] of carts) await added(by, await open(by, cart), product, 2);
  });
}

/** A hold expires before its cart. */
export async function expireHold({ tell, user, guest, open }: Stage): Promise<void> {
  await tell({ ProductCreated: 1 }, () => user.putProduct('clock', { inventory: 3 }));
  const cartId = await open(guest, 'cart-slow');
  const expected = { ProductAddedToCart: 1, InventoryReservationExpired: 1, ProductUpdated: 2 };
  await tell(expected, () => added(guest, cartId, 'clock', 2));
}

/** Holds do not expire. */
export async function holdForGood({ tell, user, guest, open }: Stage): Promise<void> {
  await tell({ ProductCreated: 1 }, () => user.putProduct('vase', { inventory: 3 }));
  const cartId = await open(guest, 'cart-patient');
  await tell({ ProductAddedToCart: 1, ProductUpdated: 1 }, () => added(guest, cartId, 'vase', 2));
  await tell({ InventoryReservationRequested: 1, InventoryReserved: 1 }, () => renew(guest, cartId));
}

async function added(by: Client, cartId: string, productId: string, qty: number): Promise<void> {
  const { status, text } = await by.add(cartId, productId, qty);
  assert.equal(status, 200, text);
}

async function set(by: Client, cartId: string, productId: string, qty: number): Promise<void> {
  const { status, text } = await by.call('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty } });
  assert.equal(status, 200, text);
}

async function renew(by: Client, cartId: string): Promise<void> {
  const { status, text } = await by.call('POST', `/carts/${cartId}/hold`);
  assert.equal(status, 200, text);
}
