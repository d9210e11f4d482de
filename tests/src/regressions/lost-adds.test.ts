import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import { concurrently } from '../support/concurrency.ts';
import { listen } from '../support/events.ts';
import { client, retryUnavailable } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { type TwoCarts, withTwoCarts } from './two-carts.ts';

const STOCK = 1000;
const RACES = 40;
const ADDS = 3;

/** Alternates between the clients of Cart's instances. */
const alternating =
  ({ cartClients }: TwoCarts) =>
  (position: number) =>
    cartClients[position % 2 === 0 ? 0 : 1];

test(`otel-demo#3824: 200 adds of 20 clients to one cart on ${storeName} are all in the cart`, () =>
  withTwoCarts(async (system) => {
    const { cart, fill, openCart, putProduct } = client(system.urls.gateway);
    const clientAt = alternating(system);
    await putProduct('mug', { inventory: STOCK });
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    await concurrently(20, async (position) => {
      const { add } = clientAt(position);
      for (let adds = 0; adds < 10; adds += 1) {
        const { status, text } = await retryUnavailable(() => add(cartId, 'mug', 1));
        assert.equal(status, 200, text);
      }
    });
    assert.equal((await cart(cartId)).body.items[0]?.qty, 201);
    await assertStock(system.urls, { mug: STOCK - 201 });
  }));

test(`otel-demo#3824: an add that races a checkout on ${storeName} is in the order or rejected`, () =>
  withTwoCarts(async (system) => {
    const { fill, openCart, putProduct } = client(system.urls.gateway);
    const clientAt = alternating(system);
    using listener = await listen(system.urls.aws, 'cart-events-topic');
    await putProduct('mug', { inventory: STOCK });

    /** Sends a checkout among concurrent adds; resolves to the number of acknowledged units. */
    const race = async (position: number) => {
      const cartId = await openCart();
      await fill(cartId, { mug: 1 });
      const checkout = async () => retryUnavailable(() => clientAt(position).checkOut(cartId));
      const checkoutPosition = position % (ADDS + 1);
      const responses = await concurrently(ADDS + 1, async (i) => {
        if (i === checkoutPosition) return checkout();
        const { add, cart } = clientAt(position + i);
        // A checkout is slower than an add: without a head start it would never be the first.
        for (let reads = 0; reads < position % 6; reads += 1) await cart(cartId);
        return add(cartId, 'mug', 1);
      });
      const { status, body, text } = responses[checkoutPosition] ?? assert.fail();
      assert.equal(status, 200, text);
      const adds = responses.filter((_, i) => i !== checkoutPosition);
      for (const { status, text } of adds) assert.ok(status === 200 || status === 409, text);
      const acknowledged = 1 + adds.filter(({ status }) => status === 200).length;
      assert.equal(body.items[0]?.qty, acknowledged);
      return { cartId, acknowledged };
    };
    const orders: { cartId: string; acknowledged: number }[] = [];
    for (let races = 0; races < RACES; races += 10)
      orders.push(...(await concurrently(10, (position) => race(races + position))));

    const quantities = new Set(orders.map(({ acknowledged }) => acknowledged));
    // On a slow store the checkout, which reads more, always writes last.
    if (storeName === 'SQLite') assert.ok(quantities.size > 1, 'the checkout always had the same position');
    const checkouts = await listener.untilType('CartCheckedOut', ({ length }) => length >= RACES);
    for (const { cartId, acknowledged } of orders) {
      const sold = checkouts.filter((event) => event.cartId === publicIdOf(cartId));
      assert.deepEqual(
        sold.map(({ items }) => items),
        [[{ productId: 'mug', qty: acknowledged, priceAtAdd: 1000 }]],
      );
    }
    const total = orders.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    await assertStock(system.urls, { mug: STOCK - total });
  }));
