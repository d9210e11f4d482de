import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CartBody, client, retryUnavailable } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { type TwoCarts, withTwoCarts } from './two-carts.ts';
import { until } from '../support/until.ts';

const CLICKS = 200;
/** Shoppers at once. */
const SHOPPERS = 8;
const TRIES = 20;

/** A client of each of Cart's instances. */
function clientsOf({ cartUrls }: TwoCarts) {
  const [first, second] = cartUrls.map((url) => client(url));
  assert.ok(first && second);
  return [first, second] as const;
}

/** Products of which there are so many units each, known to Cart. */
async function stocked({ urls }: TwoCarts, prefix: string, count: number, inventory: number) {
  const { known, putProduct } = client(urls.gateway);
  const ids = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  for (let start = 0; start < count; start += 50)
    await Promise.all(ids.slice(start, start + 50).map((id) => putProduct(id, { inventory })));
  await known(...ids);
  return ids;
}

/** Does the work for each item, for some at once; resolves to the outcomes. */
async function forEach<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const left = [...items];
  const outcomes: R[] = [];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) outcomes.push(await work(item));
  };
  await Promise.all(Array.from({ length: SHOPPERS }, worker));
  return outcomes;
}

const lineOf = ({ items: [line] }: CartBody) => line;

test(`core 1: a double click on the last unit, ${CLICKS} times on ${storeName}: one 200, one 409, and the unit is kept`, () =>
  withTwoCarts(async (system) => {
    const ids = await stocked(system, 'last', CLICKS, 1);
    const [first, second] = clientsOf(system);
    const shopper = client(system.urls.gateway);
    const responded = (cartId: string) =>
      until(
        () => shopper.cart(cartId),
        ({ body }) => lineOf(body)?.hold !== 'pending',
        { deadlineMs: 60_000 },
      );

    const carts = await forEach(ids, async (id) => {
      const [cartId, othersCart] = [await first.openCart(), await second.openCart()];
      const clicks = await Promise.all(
        [first, second].map(({ add }) => retryUnavailable(() => add(cartId, id, 1))),
      );
      assert.deepEqual(
        clicks.map(({ status }) => status).toSorted((a, b) => a - b),
        [200, 409],
        id,
      );
      const { body } = await responded(cartId);
      const held = { productId: id, qty: 1, hold: 'held', availability: 'available', availableQty: 1 };
      assert.partialDeepStrictEqual(body.items, [held]);
      // Until the catalog shows the hold another cart may still request the unit, but does not get it.
      const other = await retryUnavailable(() => second.add(othersCart, id, 1));
      if (other.status === 200) {
        const { body: rejected } = await responded(othersCart);
        assert.partialDeepStrictEqual(lineOf(rejected), { hold: 'none', availability: 'insufficient' });
      } else assert.equal(other.status, 409, other.text);
      return cartId;
    });
    await assertStock(system.urls, Object.fromEntries(ids.map((id) => [id, 0])));
    await forEach(carts, async (cartId) => {
      const { status, text } = await retryUnavailable(() => shopper.checkOut(cartId));
      assert.equal(status, 200, text);
    });
    await assertStock(system.urls, Object.fromEntries(ids.map((id) => [id, 0])));
  }));

test(`interop A3: of 10 units 6 are added twice, without a pause, on ${storeName}: 200, then 409`, () =>
  withTwoCarts(async (system) => {
    const ids = await stocked(system, 'ten', TRIES, 10);
    const [first, second] = clientsOf(system);
    const { call, cart } = client(system.urls.gateway);
    for (const [i, id] of ids.entries()) {
      const cartId = await first.openCart();
      const added = await retryUnavailable(() => first.add(cartId, id, 6));
      assert.equal(added.status, 200, added.text);
      assert.equal(lineOf(added.body)?.availableQty, 10, 'units are counted once');
      // Half of them by the other instance, and half by setting what an add would come to.
      const again = i % 2 === 0 ? first : second;
      const more = await retryUnavailable(() =>
        i % 4 < 2
          ? again.add(cartId, id, 6)
          : call<CartBody>('PUT', `/carts/${cartId}/items/${id}`, { body: { qty: 12 } }),
      );
      assert.equal(more.status, 409, more.text);
      assert.partialDeepStrictEqual(more.body, {
        type: 'urn:tandem:problem:insufficient-stock',
        availableQty: 10,
      });
      const { body } = await until(
        () => cart(cartId),
        ({ body }) => lineOf(body)?.hold === 'held',
      );
      assert.partialDeepStrictEqual(lineOf(body), { qty: 6, availability: 'available', availableQty: 10 });
    }
    await assertStock(system.urls, Object.fromEntries(ids.map((id) => [id, 4])));
  }));
