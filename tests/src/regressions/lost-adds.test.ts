import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { atOnce } from '../support/at-once.ts';
import { listen } from '../support/events.ts';
import { client, retryUnavailable } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { type TwoCarts, withTwoCarts } from './two-carts.ts';

const STOCK = 1000;
const RACES = 40;
const ADDS = 3;

/** A client of each of Cart's instances, taking turns. */
function clientsOf({ cartUrls }: TwoCarts) {
  const clients = cartUrls.map((url) => client(url));
  return (position: number) => clients[position % clients.length] ?? assert.fail();
}

function isCheckout(event: TandemEvent): event is EventOf<'CartCheckedOut'> {
  return event.eventType === 'CartCheckedOut';
}

test(`otel-demo#3824: 200 adds of 20 clients to one cart on ${storeName} are all in it`, () =>
  withTwoCarts(async (system) => {
    const { cart, fill, openCart, putProduct } = client(system.urls.gateway);
    const clientOf = clientsOf(system);
    await putProduct('mug', { inventory: STOCK });
    const cartId = await openCart();
    await fill(cartId, { mug: 1 });
    await atOnce(20, async (position) => {
      const { add } = clientOf(position);
      for (let adds = 0; adds < 10; adds += 1) {
        const { status, text } = await retryUnavailable(() => add(cartId, 'mug', 1));
        assert.equal(status, 200, text);
      }
    });
    assert.equal((await cart(cartId)).body.items[0]?.qty, 201);
    await assertStock(system.urls, { mug: STOCK - 201 });
  }));

test(`otel-demo#3824: an add that races a checkout on ${storeName} is in the order or refused`, () =>
  withTwoCarts(async (system) => {
    const { fill, openCart, putProduct } = client(system.urls.gateway);
    const clientOf = clientsOf(system);
    const ear = await listen(system.urls.aws, 'cart-events-topic');
    await putProduct('mug', { inventory: STOCK });

    /** Adds and, somewhere among them, checks out; resolves to what was acknowledged. */
    const race = async (position: number) => {
      const cartId = await openCart();
      await fill(cartId, { mug: 1 });
      const checkout = async () => retryUnavailable(() => clientOf(position).checkOut(cartId));
      const checkoutPosition = position % (ADDS + 1);
      const responses = await atOnce(ADDS + 1, async (i) => {
        if (i === checkoutPosition) return checkout();
        const { add, cart } = clientOf(position + i);
        // A checkout is slower than an add: without a start it would never be the first.
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
      orders.push(...(await atOnce(10, (position) => race(races + position))));

    const seen = new Set(orders.map(({ acknowledged }) => acknowledged));
    // Where a write takes its time, whoever reads first is always the last to write.
    if (storeName === 'SQLite') assert.ok(seen.size > 1, 'the checkout always came at the same place');
    const heard = await ear.until((events) => events.filter(isCheckout).length >= RACES);
    for (const { cartId, acknowledged } of orders) {
      const sold = heard.filter(isCheckout).filter((event) => event.cartId === publicIdOf(cartId));
      assert.deepEqual(
        sold.map(({ items }) => items),
        [[{ productId: 'mug', qty: acknowledged, priceAtAdd: 1000 }]],
      );
    }
    const total = orders.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    await assertStock(system.urls, { mug: STOCK - total });
    ear.close();
  }));
