import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concurrently, repeatUntilSettled } from '../support/concurrency.ts';
import { listen } from '../support/events.ts';
import { type ApiResponse, type CartBody, client, retryUnavailable, type LineBody } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const CLIENTS = 300;
const UNITS = 100;
const SLOW = { deadlineMs: 300_000, intervalMs: 500 };
/** Interval of `Retry-After`. */
const RETRY_AFTER = { deadlineMs: 300_000, intervalMs: 1_000 };

/** Asserts that exactly the stock was sold, and that each rejected checkout lists the lines of its cart. */
function assertSold(checkouts: readonly ApiResponse<CartBody>[], carts: readonly CartBody[]): void {
  const stocked = ({ productId, qty, availability }: LineBody) => ({ productId, qty, availability });
  const rejections = checkouts.flatMap((response, i) =>
    response.status === 200 ? [] : [{ response, cart: carts[i] }],
  );
  assert.deepEqual([checkouts.length - rejections.length, rejections.length], [UNITS, CLIENTS - UNITS]);
  for (const { response, cart } of rejections) {
    assert.equal(response.status, 409, response.text);
    const { lines } = response.body as unknown as { lines: readonly LineBody[] };
    assert.deepEqual(lines.map(stocked), cart?.items.map(stocked));
  }
}

test(`vendure#3508, medusa#16502: 300 clients that request 100 units on ${storeName}: 100 get one, 200 are rejected`, () =>
  withSystem(async ({ urls }) => {
    const { add, cart, checkOut, fill, openCart, product, putProduct } = client(urls.gateway);
    using listener = await listen(urls.aws, 'product-events-topic');
    await putProduct('rare', { inventory: UNITS });
    const cartIds = await concurrently(CLIENTS, openCart);
    const [first = '', ...others] = cartIds;
    const carts = async () => Promise.all(cartIds.map(async (cartId) => (await cart(cartId)).body));
    const isHeld = ({ items: [line] }: CartBody) => line?.availability === 'available';

    const race = async () => {
      await fill(first, { rare: 1 });
      const statuses = await Promise.all(
        others.map(async (cartId) => (await retryUnavailable(() => add(cartId, 'rare', 1))).status),
      );
      assert.ok(statuses.every((status) => status === 200 || status === 409));
      await until(
        async () => (await carts()).filter(isHeld).length,
        (held) => held === UNITS,
        SLOW,
      );
      await assertStock(urls, { rare: 0 });
    };
    const racing = race();
    const inventories = await repeatUntilSettled(racing, async () => (await product('rare')).body.inventory);
    await racing;
    assert.ok(inventories.every((inventory) => inventory >= 0));
    const finalCarts = await carts();
    assert.equal(finalCarts.filter(isHeld).length, UNITS);

    assertSold(
      await Promise.all(cartIds.map((cartId) => retryUnavailable(() => checkOut(cartId)))),
      finalCarts,
    );
    await assertStock(urls, { rare: 0 });

    const updates = await listener.untilType('ProductUpdated', (events) =>
      events.some(({ inventory }) => inventory === 0),
    );
    const stocks = updates.toSorted((a, b) => a.version - b.version);
    // A hold leaves fewer units available, a sale takes the units that were held for it.
    for (const [i, { inventory, onHand = 0, held = 0 }] of stocks.entries()) {
      const before = stocks[i - 1] ?? { inventory: UNITS, onHand: UNITS, held: 0 };
      assert.equal(inventory, onHand - held);
      const isHold = onHand === before.onHand && held > (before.held ?? 0);
      const isSale = onHand < (before.onHand ?? 0) && inventory === before.inventory;
      assert.ok(inventory >= 0 && (isHold || isSale), JSON.stringify(stocks[i]));
    }
  }));

test(`vendure#3508, medusa#16502: 300 clients that check out concurrently on ${storeName} buy no more than 100 units`, () =>
  withSystem(async ({ urls }) => {
    const { add, cart, checkOut, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('rare', { inventory: UNITS + 1 });
    const cartIds = await concurrently(CLIENTS, openCart);
    await fill(await openCart(), { rare: 1 });

    const checkouts = await Promise.all(
      cartIds.map(async (cartId) => {
        await retryUnavailable(() => add(cartId, 'rare', 1));
        return until(
          () => checkOut(cartId),
          ({ status }) => status !== 503,
          RETRY_AFTER,
        );
      }),
    );
    const carts = await Promise.all(cartIds.map(async (cartId) => (await cart(cartId)).body));
    assertSold(checkouts, carts);
    await assertStock(urls, { rare: 0 });
  }));
