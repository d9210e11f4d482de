import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import { atOnce, meanwhile } from '../support/at-once.ts';
import { listen } from '../support/events.ts';
import { type ApiResponse, type CartBody, client, retryUnavailable, type LineBody } from '../support/http.ts';
import { assertStock } from '../support/stock.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const CLIENTS = 300;
const UNITS = 100;
const PATIENT = { deadlineMs: 300_000, intervalMs: 500 };
/** As `Retry-After` asks. */
const POLITE = { deadlineMs: 300_000, intervalMs: 1_000 };

function isUpdate(event: TandemEvent): event is EventOf<'ProductUpdated'> {
  return event.eventType === 'ProductUpdated';
}

/** Each of the refused must have been told which of its lines stand in the way: all that it has. */
function assertSold(checkouts: readonly ApiResponse<CartBody>[], carts: readonly CartBody[]): void {
  const stocked = ({ productId, qty, availability }: LineBody) => ({ productId, qty, availability });
  const refused = checkouts.flatMap((response, i) =>
    response.status === 200 ? [] : [{ response, cart: carts[i] }],
  );
  assert.deepEqual([checkouts.length - refused.length, refused.length], [UNITS, CLIENTS - UNITS]);
  for (const { response, cart } of refused) {
    assert.equal(response.status, 409, response.text);
    const { lines } = response.body as unknown as { lines: readonly LineBody[] };
    assert.deepEqual(lines.map(stocked), cart?.items.map(stocked));
  }
}

test(`vendure#3508, medusa#16502: of 300 clients that request 100 units on ${storeName}, 100 get one and 200 are rejected`, () =>
  withSystem(async ({ urls }) => {
    const { add, cart, checkOut, fill, openCart, product, putProduct } = client(urls.gateway);
    const ear = await listen(urls.aws, 'product-events-topic');
    await putProduct('rare', { inventory: UNITS });
    const cartIds = await atOnce(CLIENTS, openCart);
    const [first = '', ...others] = cartIds;
    const carts = async () => Promise.all(cartIds.map(async (cartId) => (await cart(cartId)).body));
    const isHeld = ({ items: [line] }: CartBody) => line?.availability === 'available';

    const race = async () => {
      await fill(first, { rare: 1 });
      const told = await Promise.all(
        others.map(async (cartId) => (await retryUnavailable(() => add(cartId, 'rare', 1))).status),
      );
      assert.ok(told.every((status) => status === 200 || status === 409));
      await until(
        async () => (await carts()).filter(isHeld).length,
        (held) => held === UNITS,
        PATIENT,
      );
      await assertStock(urls, { rare: 0 });
    };
    const racing = race();
    const seen = await meanwhile(racing, async () => (await product('rare')).body.inventory);
    await racing;
    assert.ok(seen.every((inventory) => inventory >= 0));
    const ended = await carts();
    assert.equal(ended.filter(isHeld).length, UNITS);

    assertSold(await Promise.all(cartIds.map((cartId) => retryUnavailable(() => checkOut(cartId)))), ended);
    await assertStock(urls, { rare: 0 });

    const heard = await ear.until((events) =>
      events.filter(isUpdate).some(({ inventory }) => inventory === 0),
    );
    const stocks = heard.filter(isUpdate).toSorted((a, b) => a.version - b.version);
    // A hold leaves fewer units available, a sale takes the units that were held for it.
    for (const [i, { inventory, onHand = 0, held = 0 }] of stocks.entries()) {
      const before = stocks[i - 1] ?? { inventory: UNITS, onHand: UNITS, held: 0 };
      assert.equal(inventory, onHand - held);
      const isHold = onHand === before.onHand && held > (before.held ?? 0);
      const isSale = onHand < (before.onHand ?? 0) && inventory === before.inventory;
      assert.ok(inventory >= 0 && (isHold || isSale), JSON.stringify(stocks[i]));
    }
    ear.close();
  }));

test(`vendure#3508, medusa#16502: nor do 300 clients who check out at once on ${storeName} get more`, () =>
  withSystem(async ({ urls }) => {
    const { add, cart, checkOut, fill, openCart, putProduct } = client(urls.gateway);
    await putProduct('rare', { inventory: UNITS + 1 });
    const cartIds = await atOnce(CLIENTS, openCart);
    await fill(await openCart(), { rare: 1 });

    const checkouts = await Promise.all(
      cartIds.map(async (cartId) => {
        await retryUnavailable(() => add(cartId, 'rare', 1));
        return until(
          () => checkOut(cartId),
          ({ status }) => status !== 503,
          POLITE,
        );
      }),
    );
    const carts = await Promise.all(cartIds.map(async (cartId) => (await cart(cartId)).body));
    assertSold(checkouts, carts);
    await assertStock(urls, { rare: 0 });
  }));
