import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CartBody, client, userClient } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

interface Page {
  readonly items: readonly CartBody[];
  readonly nextCursor?: string;
}

test("only the user's own open carts are listed, page by page", () =>
  withSystem(async ({ urls }) => {
    const [user, other] = [await userClient(urls.gateway, 'user'), await userClient(urls.gateway, 'other')];
    const guest = client(urls.gateway);
    await user.putProduct('mug');
    const cartIds = [await user.openCart(), await user.openCart(), await user.openCart()];
    const [sold, merged, deleted] = [await user.openCart(), await guest.openCart(), await user.openCart()];
    await other.openCart();
    await user.fill(sold, { mug: 1 });
    await until(
      () => user.checkOut(sold),
      ({ status }) => status === 200,
    );
    await user.call('DELETE', `/carts/${deleted}`);
    assert.equal((await user.merge(cartIds[0] ?? '', merged)).status, 200);

    const listed: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await user.call<Page>('GET', `/carts?mine=true&limit=2${cursor}`);
      assert.equal(status, 200);
      assert.ok(body.items.length <= 2 && body.items.every(({ userId }) => userId === 'user'));
      listed.push(...body.items.map(({ cartId }) => cartId));
      cursor = body.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`;
    } while (cursor !== '');
    assert.deepEqual(listed.toSorted(), cartIds.toSorted());

    assert.equal((await guest.call('GET', '/carts?mine=true')).status, 401);
    for (const query of [
      '',
      '?mine=false',
      '?mine=1',
      '?mine=true&limit=0',
      '?mine=true&limit=21',
      '?mine=true&cursor=x',
    ])
      assert.equal((await user.call('GET', `/carts${query}`)).status, 400, query);
    const plain = await user.call<Page>('GET', '/carts?mine=true');
    const { status, body } = await user.call<Page>('GET', '/carts?mine=true&status=&limit=&cursor=');
    assert.deepEqual([status, body], [200, plain.body], 'an empty parameter counts as absent');
  }));

test("a merge moves a guest's lines with their prices, and is rejected as a whole if one line exceeds a limit", () =>
  withSystem(async ({ urls }) => {
    const [user, guest] = [await userClient(urls.gateway, 'user'), client(urls.gateway)];
    await guest.putProduct('mug', { inventory: 5000 });
    await guest.putProduct('cup');
    await guest.putProduct('dollar', { currency: 'USD' });
    const [userCart, guestCart] = [await user.openCart(), await guest.openCart()];
    await user.fill(userCart, { mug: 1 });
    await guest.call('PATCH', '/products/mug', { body: { price: 1500 } });
    await until(
      () => user.cart(userCart),
      ({ body }) => body.items[0]?.priceChanged === true,
    );
    await guest.fill(guestCart, { mug: 2, cup: 3 });

    const { status, body, headers } = await user.merge(userCart, guestCart);
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.partialDeepStrictEqual(body, {
      cartId: userCart,
      userId: 'user',
      status: 'open',
      totalAmount: 6000,
    });
    assert.partialDeepStrictEqual(body.items, [
      { productId: 'mug', qty: 3, priceAtAdd: 1000, priceChanged: true },
      { productId: 'cup', qty: 3, priceAtAdd: 1000, priceChanged: false },
    ]);
    const { body: left } = await guest.cart(guestCart);
    assert.partialDeepStrictEqual(left, { status: 'merged', items: [], totalAmount: 0 });
    assert.equal((await guest.add(guestCart, 'cup', 1)).status, 409);

    const [full, foreign] = [await guest.openCart(), await guest.openCart()];
    await guest.fill(full, { cup: 1, mug: 997 });
    await guest.fill(foreign, { dollar: 1 });
    const before = await user.cart(userCart);
    for (const [fromCartId, expected] of [
      [full, 409],
      [foreign, 409],
      [userCart, 400],
      ['missing-cart', 404],
    ] as const) {
      assert.equal((await user.merge(userCart, fromCartId)).status, expected, fromCartId);
    }
    const { totalAmount, updatedAt } = before.body;
    assert.partialDeepStrictEqual((await user.cart(userCart)).body, { totalAmount, updatedAt });
    assert.partialDeepStrictEqual((await guest.cart(full)).body, {
      status: 'open',
      totalAmount: 1000 + 997 * 1500,
    });
    assert.equal((await guest.merge(guestCart, full)).status, 409, 'a merged cart accepts no lines');
  }));
