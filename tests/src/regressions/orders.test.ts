import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CartBody, client, retryUnavailable, userClient } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

interface Page {
  readonly items: readonly CartBody[];
  readonly nextCursor?: string;
}

test(`core 5: an order remains when its cart would have expired, on ${storeName}`, () =>
  withSystem(
    async ({ urls }) => {
      const guest = client(urls.gateway);
      const { cart, checkOut, fill, openCart, putProduct } = guest;
      await putProduct('mug', { inventory: 10 });
      await atRest(urls.aws);
      const [ordered, left] = [await openCart(), await openCart()];
      await Promise.all([ordered, left].map((cartId) => fill(cartId, { mug: 2 })));
      const sold = await retryUnavailable(() => checkOut(ordered));
      assert.equal(sold.status, 200, sold.text);
      assert.ok(!('expiresAt' in sold.body) && Date.parse(sold.body.checkedOutAt ?? '') > 0);
      await until(
        () => cart(left),
        ({ status }) => status === 404,
        { deadlineMs: 20_000 },
      );
      // Expired items are removed in one sweep: the order's expiry would have passed too.
      await until(() => Date.now() > Date.parse(sold.body.updatedAt) + 4_000, Boolean);
      assert.deepEqual((await cart(ordered)).body, sold.body);
      assert.equal((await checkOut(ordered)).text, sold.text);
      assert.equal((await guest.call('DELETE', `/carts/${ordered}`)).status, 409);
      await until(
        () => guest.product('mug'),
        ({ body }) => storeName !== 'SQLite' || (body.onHand === 8 && body.held === 0),
      );
    },
    { GUEST_CART_TTL_SECONDS: '2' },
  ));

test(`core 5: orders are listed newest first, page by page, and keep their lines and prices, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const [user, other] = [await userClient(urls.gateway, 'buyer'), await userClient(urls.gateway, 'other')];
    await user.putProduct('mug', { name: 'Mug', inventory: 50 });
    const orders: CartBody[] = [];
    for (let qty = 1; qty <= 5; qty += 1) {
      const cartId = await user.openCart();
      await user.fill(cartId, { mug: qty });
      const { status, body, text } = await retryUnavailable(() => user.checkOut(cartId));
      assert.equal(status, 200, text);
      orders.unshift(body);
    }
    const open = await user.openCart();
    await user.fill(open, { mug: 1 });
    await user.call('PATCH', '/products/mug', { body: { price: 9000, name: 'Jug', currency: 'USD' } });
    await until(
      () => user.cart(open),
      ({ body }) => body.items[0]?.priceChanged === true,
    );
    await user.call('DELETE', '/products/mug');
    await until(
      () => user.cart(open),
      ({ body }) => body.items[0]?.availability === 'unavailable',
    );

    const listed: CartBody[] = [];
    let pages = 0;
    let cursor = '';
    do {
      const path = `/carts?mine=true&status=checkedOut&limit=2${cursor}`;
      const { status, body } = await user.call<Page>('GET', path);
      assert.equal(status, 200);
      assert.ok(body.items.length <= 2);
      listed.push(...body.items);
      pages += 1;
      cursor = body.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`;
    } while (cursor !== '');
    assert.deepEqual(listed, orders);
    assert.ok(pages >= 3);
    const [newest = assert.fail()] = orders;
    assert.partialDeepStrictEqual(newest.items, [
      { name: 'Mug', qty: 5, priceAtAdd: 1000, currentPrice: 1000, priceChanged: false },
    ]);
    assert.deepEqual((await user.cart(newest.cartId)).body, newest);
    assert.deepEqual((await user.checkOut(newest.cartId)).body, newest);
    assert.equal((await user.call('DELETE', `/carts/${newest.cartId}`)).status, 409);
    assert.deepEqual((await user.cart(newest.cartId)).body, newest);

    const openCarts = await user.call<Page>('GET', '/carts?mine=true&status=open');
    assert.deepEqual(
      openCarts.body.items.map(({ cartId }) => cartId),
      [open],
    );
    assert.deepEqual((await other.call<Page>('GET', '/carts?mine=true&status=checkedOut')).body.items, []);
    assert.equal((await user.call('GET', '/carts?mine=true&status=merged')).status, 400);
  }));

test(`core 14: a user's open carts are listed, most recently changed first, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const user = await userClient(urls.gateway, 'user');
    await user.putProduct('mug');
    await atRest(urls.aws);
    const carts: string[] = [];
    for (let i = 0; i < 5; i += 1) carts.unshift(await user.openCart());
    const listed = async (query = '') => {
      const { body } = await user.call<Page>('GET', `/carts?mine=true${query}`);
      return { ids: body.items.map(({ cartId }) => cartId), cursor: body.nextCursor ?? '' };
    };
    // An index is eventually consistent with its table.
    await until(
      () => listed(),
      ({ ids }) => ids.length === carts.length,
    );
    for (const cartId of [carts[4], carts[2]]) {
      await user.fill(cartId ?? '', { mug: 1 });
      await atRest(urls.aws);
    }
    const order = [carts[2], carts[4], carts[0], carts[1], carts[3]];
    await until(
      () => listed(),
      ({ ids }) => ids.join() === order.join(),
    );
    const first = await listed('&limit=3');
    const second = await listed(`&limit=3&cursor=${encodeURIComponent(first.cursor)}`);
    assert.deepEqual([...first.ids, ...second.ids], order);
  }));

test(`core 14: a merge that is repeated after its source was deleted gets 200 again, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const [user, guest] = [await userClient(urls.gateway, 'user'), client(urls.gateway)];
    await guest.putProduct('mug');
    const [target, source] = [await user.openCart(), await guest.openCart()];
    await guest.fill(source, { mug: 2 });
    const merged = await user.merge(target, source);
    assert.equal(merged.status, 200, merged.text);
    assert.equal((await guest.call('DELETE', `/carts/${source}`)).status, 204);
    assert.equal((await guest.cart(source)).status, 404);
    const again = await user.merge(target, source);
    assert.equal(again.status, 200, again.text);
    assert.partialDeepStrictEqual(again.body.items, [{ productId: 'mug', qty: 2 }]);
    const another = await user.openCart();
    assert.equal((await user.merge(another, source)).status, 404);
  }));
