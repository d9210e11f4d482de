import assert from 'node:assert/strict';
import { mintToken } from '@tandem/local/issuer';
import { openSqlite } from '@tandem/storage/sqlite';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { atMoments, createNarrator, type Narrator } from './narrator.ts';
import { createRecorder, type Recorder, type Told } from './recorder.ts';

type Client = ReturnType<typeof client>;
interface Stage extends Narrator {
  readonly hold: Recorder['hold'];
  readonly user: Client;
  readonly guest: Client;
  /** Opens a cart that the story calls so. */
  readonly open: (by: Client, name: string) => Promise<string>;
}

/** One page of a snapshot: more products than that need a cursor. */
const PAGE = 100;
/** Long enough for Product to answer before the carts expire. */
const SHORT_LIFE = { GUEST_CART_TTL_SECONDS: '3', USER_CART_TTL_SECONDS: '3' };
const FILLER = 'filler-';

/** Plays the whole loop on ephemeral systems; resolves to what it told: the same each time, unless something changed. */
export async function playWholeLoop(): Promise<readonly Told[]> {
  const told = [...(await onStage(sell)), ...(await onStage(expire, SHORT_LIFE))];
  const isFiller = ({ event }: Told) => String(event['productId']).startsWith(FILLER);
  // Both systems began alike.
  const once = new Map(told.map((it) => [it.event['eventId'], it]));
  return atMoments([...once.values()].filter((it) => !isFiller(it)));
}

async function sell({ tell, name, hold, user, guest, open }: Stage): Promise<void> {
  const put = (productId: string, inventory: number, fields: object = {}) =>
    tell({ ProductCreated: 1 }, () => user.putProduct(productId, { inventory, ...fields }));
  const stockMoves = { ProductUpdated: 1 };

  await put('mug', 5, { name: 'Mug', price: 1250, category: 'kitchen' });
  await put('cup', 9, { name: 'Tasse ☕' });
  await tell({ ProductUpdated: 1 }, () => user.call('PATCH', '/products/cup', { body: { price: 0 } }));

  const guestCart = await open(guest, 'cart-guest');
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(guest, guestCart, 'mug', 2));
  await tell({ ProductRemovedFromCart: 1, ...stockMoves }, () => set(guest, guestCart, 'mug', 1));
  const userCart = await open(user, 'cart-user');
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(user, userCart, 'cup', 3));
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(user, userCart, 'mug', 1));

  // Until Product has answered the merge, each change of the line says whose units it takes over.
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

  // Whoever does not know yet that another one was faster is refused.
  const [first, late] = [await open(guest, 'cart-first'), await open(guest, 'cart-late')];
  const refused = { ProductAddedToCart: 2, InventoryReservationRejected: 1, ...stockMoves };
  await tell(refused, async () => {
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
  await tell({ ProductRemovedFromCart: 1 }, () => set(guest, late, 'mug', 0));
  await tell({ CartCheckedOut: 1 }, async () => assert.equal((await user.checkOut(userCart)).status, 200));
  await tell({ ProductAddedToCart: 1, ...stockMoves }, () => added(guest, late, 'cup', 1));
  await tell({ CartCheckedOut: 1 }, async () => assert.equal((await guest.checkOut(late)).status, 200));
  await tell({ ProductRemovedFromCart: 1, ProductUpdated: 1 }, () => guest.call('DELETE', `/carts/${first}`));

  // So is whoever does not know yet that the product is gone.
  const tooLate = await open(guest, 'cart-too-late');
  await tell({ ProductDeleted: 1, ProductAddedToCart: 1, InventoryReservationRejected: 1 }, async () => {
    const cart = hold('cart');
    await user.call('DELETE', '/products/cup');
    await cart.taken;
    await added(guest, tooLate, 'cup', 1);
    cart.release();
  });
  await put('cup', 4, { name: 'Cup' });

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

async function expire({ tell, user, guest, open }: Stage): Promise<void> {
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

async function onStage(
  play: (stage: Stage) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly Told[]> {
  const recorder = createRecorder();
  let story: readonly Told[] = [];
  await withSystem(
    async ({ urls }) => {
      const narrator = createNarrator(urls.aws, recorder);
      const token = await mintToken({ subject: 'user-123', scopes: ['products:write'] });
      const started = { ProductSnapshotRequested: 1, ProductSnapshotCompleted: 1 };
      for (const { event } of await narrator.tell(started, async () => undefined))
        if (typeof event['requestId'] === 'string') narrator.name(event['requestId'], 'request-1');
      await play({
        ...narrator,
        hold: recorder.hold,
        user: client(urls.gateway, token),
        guest: client(urls.gateway),
        async open(by, name) {
          const cartId = await by.openCart();
          narrator.name(cartId, name);
          return cartId;
        },
      });
      story = narrator.story();
    },
    environment,
    // Elsewhere the order of a snapshot is another, and nothing expires within seconds.
    { onClient: recorder.onClient, openStore: () => openSqlite(':memory:') },
  );
  return story;
}

async function added(by: Client, cartId: string, productId: string, qty: number): Promise<void> {
  const { status, text } = await by.add(cartId, productId, qty);
  assert.equal(status, 200, text);
}

async function set(by: Client, cartId: string, productId: string, qty: number): Promise<void> {
  const { status, text } = await by.call('PUT', `/carts/${cartId}/items/${productId}`, { body: { qty } });
  assert.equal(status, 200, text);
}
