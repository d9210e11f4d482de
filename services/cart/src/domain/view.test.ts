import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Line } from './line.ts';
import type { Catalog, CatalogEntry, CatalogProduct } from './catalog.ts';
import { type VisibleCart, viewOf } from './view.ts';

const pending: Line = {
  productId: 'p',
  name: 'Acme Widget',
  qty: 2,
  priceAtAdd: 1999,
  requestedAt: 2,
  heldQty: 0,
  response: { cartVersion: 1 },
};
const responded = { response: { cartVersion: 2, revision: 1 } };
const line: Line = { ...pending, ...responded, heldQty: 2, holdVersion: 4 };
const none: Line = { ...pending, ...responded };
const product: CatalogProduct = {
  productId: 'p',
  version: 4,
  name: 'Acme Widget',
  price: 1999,
  currency: 'USD',
  inventory: 5,
  updatedAt: '2026-02-14T15:00:00.000Z',
};

function cartOf(...lines: Line[]): VisibleCart {
  return {
    cartId: 'cart-abc',
    userId: null,
    status: 'open',
    currency: 'USD',
    lines,
    version: 7,
    updatedAt: '2026-02-14T15:00:00.000Z',
    expiresAt: '2026-02-21T15:00:00.000Z',
  };
}

const catalogOf = (...entries: CatalogEntry[]): Catalog => ({
  entries: new Map(entries.map((entry) => [entry.productId, entry])),
  isSynchronised: true,
});

/** The view of the one line of a cart. */
function seen(line: Line, entry: CatalogEntry | undefined) {
  const [item] = viewOf(cartOf(line), catalogOf(...(entry ? [entry] : []))).items;
  return item ?? assert.fail('no item');
}

test('shows the cart with its lines as items, and nothing that is not for clients', () => {
  const other = { ...line, productId: 'q', qty: 1, priceAtAdd: 100 };
  const { lines: _, ...cart } = cartOf();
  assert.deepEqual(viewOf(cartOf(line, other), catalogOf(product)), {
    ...cart,
    totalAmount: 4098,
    items: [
      {
        productId: 'p',
        name: 'Acme Widget',
        qty: 2,
        priceAtAdd: 1999,
        currentPrice: 1999,
        priceChanged: false,
        availability: 'available',
        availableQty: 7,
        hold: 'held',
      },
      {
        productId: 'q',
        name: 'Acme Widget',
        qty: 1,
        priceAtAdd: 100,
        currentPrice: 100,
        priceChanged: false,
        availability: 'available',
        availableQty: 2,
        hold: 'held',
      },
    ],
  });
});

test('shows the current price beside the price at adding, which the total uses', () => {
  for (const price of [1998, 2000]) {
    const view = viewOf(cartOf(line), catalogOf({ ...product, price }));
    const [item] = view.items;
    assert.deepEqual([item?.priceAtAdd, item?.currentPrice, item?.priceChanged], [1999, price, true]);
    assert.equal(view.totalAmount, 3998);
  }
});

test("shows the product's name of now, and that of adding when it is gone", () => {
  assert.equal(seen(line, { ...product, name: 'New' }).name, 'New');
  assert.equal(seen(line, { productId: 'p', version: 5, deleted: true }).name, 'Acme Widget');
});

test('interop A7: shows the currency of the current price, only where it differs from the currency of the cart', () => {
  const { currentCurrency, currentPrice, priceChanged } = seen(line, { ...product, currency: 'EUR' });
  assert.deepEqual([currentCurrency, currentPrice, priceChanged], ['EUR', 1999, true]);
  assert.ok(!('currentCurrency' in seen(line, product)));
});

function stockOf(line: Line, entry: CatalogEntry | undefined, isSynchronised = true) {
  const catalog = { ...catalogOf(...(entry ? [entry] : [])), isSynchronised };
  const [item] = viewOf(cartOf(line), catalog).items;
  return [item?.hold, item?.availability, item?.availableQty];
}

test('a held line is available even if no further units are', () => {
  assert.deepEqual(stockOf(line, { ...product, inventory: 0 }), ['held', 'available', 2]);
  assert.deepEqual(stockOf(line, product), ['held', 'available', 7]);
  assert.deepEqual(stockOf({ ...line, qty: 1 }, product), ['held', 'available', 7], 'a decrease stays held');
});

test('core 1: units that are not confirmed are not available twice', () => {
  assert.deepEqual(stockOf(pending, product), ['pending', 'available', 5]);
  assert.deepEqual(stockOf({ ...pending, qty: 3, heldQty: 2 }, product), ['pending', 'available', 7]);
});

test('core 8: a line without a hold is available as soon as the catalog has enough', () => {
  assert.deepEqual(stockOf(none, { ...product, inventory: 1 }), ['none', 'insufficient', 1]);
  assert.deepEqual(stockOf(none, product), ['none', 'available', 5]);
});

test('a line whose quantity returned to the held units is insufficient until it changes', () => {
  const short: Line = { ...line, shortage: { availableQty: 2 } };
  assert.deepEqual(stockOf(short, { ...product, inventory: 0 }), ['held', 'insufficient', 2]);
  assert.deepEqual(stockOf({ ...short, heldQty: 0 }, product), ['none', 'insufficient', 5]);
});

test('the stock of the newest response counts until the catalog has caught up with it', () => {
  const stock = { version: 5, inventory: 1 };
  const asOf = (version: number) => stockOf({ ...none, stock }, { ...product, version })[2];
  assert.deepEqual(
    [4, 5, 6].map((version) => asOf(version)),
    [1, 5, 5],
  );
  const absurd = { version: 900_000_000_000, inventory: 1 };
  assert.equal(stockOf({ ...none, stock: absurd }, product)[2], 5, 'no response is so far ahead');
});

test('a hold that was confirmed before the product was created anew is void', () => {
  assert.deepEqual(stockOf(line, { ...product, version: 9, incarnation: 9 }), ['none', 'available', 5]);
  assert.deepEqual(stockOf(line, { ...product, version: 9, incarnation: 4 }), ['held', 'available', 7]);
});

test('no line can have more than the product allows in a cart', () => {
  assert.deepEqual(stockOf(line, { ...product, maxPerCart: 3 }), ['held', 'available', 3]);
  assert.deepEqual(stockOf({ ...none, qty: 4 }, { ...product, maxPerCart: 3 }), ['none', 'insufficient', 3]);
});

test('a hold shows when it expires, and nothing else does', () => {
  const heldUntil = '2026-02-14T15:15:00.000Z';
  assert.equal(seen({ ...line, heldUntil }, product).heldUntil, heldUntil);
  assert.equal(seen({ ...line, heldUntil, qty: 3 }, product).heldUntil, undefined);
});

test('a line of a deleted product is unavailable and holds nothing, at the price of adding', () => {
  const deleted: CatalogEntry = { productId: 'p', version: 5, deleted: true };
  for (const stored of [line, none, { ...line, shortage: { availableQty: 1 } }])
    assert.deepEqual(stockOf(stored, deleted), ['none', 'unavailable', 0]);
  const { currentPrice, priceChanged } = seen(line, deleted);
  assert.deepEqual([currentPrice, priceChanged], [1999, false]);
});

test('core 11: an unknown product is not deleted: its line keeps its own data, and its hold', () => {
  const { name, currentPrice, priceChanged } = seen(none, undefined);
  assert.deepEqual([name, currentPrice, priceChanged], ['Acme Widget', 1999, false]);
  for (const isSynchronised of [true, false]) {
    assert.deepEqual(stockOf(line, undefined, isSynchronised), ['held', 'available', 2]);
    assert.deepEqual(stockOf(pending, undefined, isSynchronised), ['pending', 'available', 0]);
  }
  assert.deepEqual(stockOf(none, undefined, false), ['none', 'available', 0], 'it may arrive yet');
  assert.deepEqual(stockOf(none, undefined, true), ['none', 'insufficient', 0]);
});

test('core 5: an order keeps its prices and quantities, whatever the catalog is now, and does not expire', () => {
  const { expiresAt: _, ...cart } = cartOf(line);
  const checkedOutAt = '2026-02-14T15:00:00.000Z';
  const sold: VisibleCart = { ...cart, status: 'checkedOut', checkedOutAt };
  const agreed = viewOf(sold, catalogOf(product));
  assert.equal(agreed.checkedOutAt, checkedOutAt);
  assert.ok(!('expiresAt' in agreed));
  assert.deepEqual(viewOf(sold, catalogOf({ ...product, price: 1, name: 'New', inventory: 0 })), agreed);
  assert.deepEqual(viewOf(sold, catalogOf({ productId: 'p', version: 5, deleted: true })), agreed);
  const [item] = agreed.items;
  assert.deepEqual(
    [item?.currentPrice, item?.priceChanged, item?.availability, item?.availableQty, item?.hold],
    [1999, false, 'available', 2, 'none'],
  );
});
