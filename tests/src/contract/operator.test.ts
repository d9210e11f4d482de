import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { type CartBody, client, retryUnavailable, userClient } from '../support/http.ts';
import { publicIdOf } from '../support/public-id.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

type OrderBody = CartBody & { readonly orderNumber?: string };

const operatorOf = async (gateway: string) =>
  client(gateway, await mintToken({ subject: 'operator', scopes: ['orders:read'] }));

test(`an operator lists all orders, the newest first, and finds one by the number that its shopper read, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const [operator, guest, user] = [
      await operatorOf(urls.gateway),
      client(urls.gateway),
      await userClient(urls.gateway, 'alice'),
    ];
    await guest.putProduct('mug', { name: 'Mug' });
    const orders: OrderBody[] = [];
    for (const shopper of [guest, user, guest]) {
      const cartId = await shopper.openCart();
      await shopper.fill(cartId, { mug: orders.length + 1 });
      const open = await shopper.cart(cartId);
      assert.ok(!('orderNumber' in open.body));
      const order = await retryUnavailable(() => shopper.checkOut(cartId));
      assert.equal(order.status, 200, order.text);
      assert.deepEqual(await shopper.checkOut(cartId).then(({ body }) => body), order.body);
      orders.unshift(order.body);
    }
    const open = await guest.openCart();
    await guest.fill(open, { mug: 1 });

    const listed: OrderBody[] = [];
    // The list is eventually consistent with its table.
    await until(
      () => operator.call<Page<OrderBody>>('GET', '/orders'),
      ({ body }) => body.items.length === 3,
    );
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const path: string = `/orders?limit=2&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await operator.call<Page<OrderBody>>('GET', path);
      listed.push(...body.items);
      cursor = body.nextCursor;
    }
    const inPublic = orders.map((order) => ({ ...order, cartId: publicIdOf(order.cartId) }));
    assert.deepEqual(listed, inPublic);
    assert.deepEqual(new Set(listed.map(({ orderNumber }) => orderNumber)).size, 3);

    const [order] = inPublic;
    const number = String(order?.orderNumber);
    assert.match(number, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    for (const written of [
      number,
      number.toLowerCase(),
      number.replaceAll('-', ''),
      number.replaceAll('-', ' '),
    ]) {
      const { status, body } = await operator.call('GET', `/orders/${encodeURIComponent(written)}`);
      assert.deepEqual([status, body], [200, order], written);
    }
    for (const none of ['x', 'AAAA-AAAA-AAAA', String(order?.cartId), '__proto__'])
      assert.equal((await operator.call('GET', `/orders/${none}`)).status, 404, none);
    assert.equal((await operator.call('GET', '/orders?cursor=x')).status, 400);
    for (const path of ['/orders', `/orders/${number}`])
      assert.deepEqual(
        [(await guest.call('GET', path)).status, (await user.call('GET', path)).status],
        [401, 403],
      );
    assert.equal((await guest.call('GET', `/carts/${order?.cartId}`)).status, 404);
  }));

test(`an operator sees which carts hold units of a product, by public ids, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const [operator, guest, user] = [
      await operatorOf(urls.gateway),
      client(urls.gateway),
      await userClient(urls.gateway, 'alice'),
    ];
    await Promise.all(['mug', 'mug-2', 'jug'].map((id) => guest.putProduct(id)));
    const holdsOf = async (productId: string) => {
      const path = `/products/${productId}/holds`;
      const { status, body } = await operator.call<Page<Record<string, unknown>>>('GET', path);
      assert.equal(status, 200);
      return body;
    };
    assert.deepEqual(await holdsOf('mug'), { items: [] });
    const [guests, users] = [await guest.openCart(), await user.openCart()];
    await guest.fill(guests, { mug: 2, 'mug-2': 3 });
    await user.fill(users, { mug: 4 });
    await Promise.all([guest.untilHeld(guests), user.untilHeld(users)]);
    const page = await until(
      () => holdsOf('mug'),
      ({ items }) => items.length === 2,
    );
    assert.deepEqual(
      page.items.map(({ cartId, holder, qty }) => [cartId, holder, qty].join(' ')).toSorted(),
      [`${publicIdOf(guests)} guest 2`, `${users} user 4`].toSorted(),
    );
    const { body: cart } = await user.cart(users);
    const ofUser = page.items.find(({ holder }) => holder === 'user');
    assert.equal(ofUser?.['heldUntil'], cart.items[0]?.heldUntil);
    assert.ok(!('nextCursor' in page));
    assert.equal((await holdsOf('mug-2')).items.length, 1);
    await user.call('DELETE', `/carts/${users}`);
    await until(
      () => holdsOf('mug'),
      ({ items }) => items.length === 1,
    );
    assert.equal((await operator.call('GET', '/products/none/holds')).status, 404);
    const statuses = [guest, user].map(
      async (shopper) => (await shopper.call('GET', '/products/mug/holds')).status,
    );
    assert.deepEqual(await Promise.all(statuses), [401, 403]);
  }));
