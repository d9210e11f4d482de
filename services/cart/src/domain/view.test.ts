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
const response = { cartVersion: 2, revision: 1 };
const line: Line = { ...pending, response, heldQty: 2, holdVersion: 4 };
const lineWithoutHold: Line = { ...pending, response };
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

/** The view of the only line of a cart. */
function viewOfOnlyLine(line: Line, entry: CatalogEntry | undefined) {
  const [item] = viewOf(cartOf(line), catalogOf(...(entry ? [entry] : []))).items;
  return item ?? assert.fail('no item');
}

test('the view has the lines as items, without internal fields', () => {
  const secondLine = { ...line, productId: 'q', qty: 1, priceAtAdd: 100 };
  const { lines: _, ...cart } = cartOf();
  assert.deepEqual(viewOf(cartOf(line, secondLine), catalogOf(product)), {
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

test('a line has its price and the current price; the total is the sum at priceAtAdd', () => {
  for (const price of [1998, 2000]) {
    const view = viewOf(cartOf(line), catalogOf({ ...product, price }));
    const [item] = view.items;
    assert.deepEqual([item?.priceAtAdd, item?.currentPrice, item?.priceChanged], [1999, price, true]);
    assert.equal(view.totalAmount, 3998);
  }
});

test("a line has the product's current name, or the name when it was added if the product was deleted", () => {
  assert.equal(viewOfOnlyLine(line, { ...product, name: 'New' }).name, 'New');
  assert.equal(viewOfOnlyLine(line, { productId: 'p', version: 5, deleted: true }).name, 'Acme Widget');
});

test('interop A7: a line has the currency of the current price only if it differs from that of the cart', () => {
  const { currentCurrency, currentPrice, priceChanged } = viewOfOnlyLine(line, {
    ...product,
    currency: 'EUR',
  });
  assert.deepEqual([currentCurrency, currentPrice, priceChanged], ['EUR', 1999, true]);
  assert.ok(!('currentCurrency' in viewOfOnlyLine(line, product)));
});

function stockOf(line: Line, entry: CatalogEntry | undefined, isSynchronised = true) {
  const catalog = { ...catalogOf(...(entry ? [entry] : [])), isSynchronised };
  const [item] = viewOf(cartOf(line), catalog).items;
  return [item?.hold, item?.availability, item?.availableQty];
}

test('a held line is available even if no further units are available', () => {
  assert.deepEqual(stockOf(line, { ...product, inventory: 0 }), ['held', 'available', 2]);
  assert.deepEqual(stockOf(line, product), ['held', 'available', 7]);
  assert.deepEqual(stockOf({ ...line, qty: 1 }, product), ['held', 'available', 7], 'held after a decrease');
});

test('core 1: pending units do not count as held', () => {
  assert.deepEqual(stockOf(pending, product), ['pending', 'available', 5]);
  assert.deepEqual(stockOf({ ...pending, qty: 3, heldQty: 2 }, product), ['pending', 'available', 7]);
});

test('core 8: a line without a hold is available if the catalog has enough units', () => {
  assert.deepEqual(stockOf(lineWithoutHold, { ...product, inventory: 1 }), ['none', 'insufficient', 1]);
  assert.deepEqual(stockOf(lineWithoutHold, product), ['none', 'available', 5]);
});

test('a line whose quantity a rejection lowered is insufficient until it changes', () => {
  const short: Line = { ...line, shortage: { availableQty: 2 } };
  assert.deepEqual(stockOf(short, { ...product, inventory: 0 }), ['held', 'insufficient', 2]);
  assert.deepEqual(stockOf({ ...short, heldQty: 0 }, product), ['none', 'insufficient', 5]);
});

test('the stock of the newest response is used until the catalog has a newer version', () => {
  const stock = { version: 5, inventory: 1 };
  const asOf = (version: number) => stockOf({ ...lineWithoutHold, stock }, { ...product, version })[2];
  assert.deepEqual(
    [4, 5, 6].map((version) => asOf(version)),
    [1, 5, 5],
  );
  const implausible = { version: 900_000_000_000, inventory: 1 };
  assert.equal(
    stockOf({ ...lineWithoutHold, stock: implausible }, product)[2],
    5,
    'an implausible version is ignored',
  );
});

test('a hold of an earlier incarnation of the product is void', () => {
  assert.deepEqual(stockOf(line, { ...product, version: 9, incarnation: 9 }), ['none', 'available', 5]);
  assert.deepEqual(stockOf(line, { ...product, version: 9, incarnation: 4 }), ['held', 'available', 7]);
});

test('availableQty is at most maxPerCart of the product', () => {
  assert.deepEqual(stockOf(line, { ...product, maxPerCart: 3 }), ['held', 'available', 3]);
  assert.deepEqual(stockOf({ ...lineWithoutHold, qty: 4 }, { ...product, maxPerCart: 3 }), [
    'none',
    'insufficient',
    3,
  ]);
});

test('only a held line has the expiry of its hold', () => {
  const heldUntil = '2026-02-14T15:15:00.000Z';
  assert.equal(viewOfOnlyLine({ ...line, heldUntil }, product).heldUntil, heldUntil);
  assert.equal(viewOfOnlyLine({ ...line, heldUntil, qty: 3 }, product).heldUntil, undefined);
});

test('a line of a deleted product is unavailable, without a hold, and keeps its price', () => {
  const deleted: CatalogEntry = { productId: 'p', version: 5, deleted: true };
  for (const storedLine of [line, lineWithoutHold, { ...line, shortage: { availableQty: 1 } }])
    assert.deepEqual(stockOf(storedLine, deleted), ['none', 'unavailable', 0]);
  const { currentPrice, priceChanged } = viewOfOnlyLine(line, deleted);
  assert.deepEqual([currentPrice, priceChanged], [1999, false]);
});

test('core 11: a line of an unknown product keeps its name, price and hold', () => {
  const { name, currentPrice, priceChanged } = viewOfOnlyLine(lineWithoutHold, undefined);
  assert.deepEqual([name, currentPrice, priceChanged], ['Acme Widget', 1999, false]);
  for (const isSynchronised of [true, false]) {
    assert.deepEqual(stockOf(line, undefined, isSynchronised), ['held', 'available', 2]);
    assert.deepEqual(stockOf(pending, undefined, isSynchronised), ['pending', 'available', 0]);
  }
  assert.deepEqual(
    stockOf(lineWithoutHold, undefined, false),
    ['none', 'available', 0],
    'the catalog is incomplete',
  );
  assert.deepEqual(stockOf(lineWithoutHold, undefined, true), ['none', 'insufficient', 0]);
});

test('core 5: an order keeps its prices and quantities, whatever the catalog is now, and has no expiry', () => {
  const { expiresAt: _, ...cart } = cartOf(line);
  const checkedOutAt = '2026-02-14T15:00:00.000Z';
  const order: VisibleCart = { ...cart, status: 'checkedOut', checkedOutAt };
  const expected = viewOf(order, catalogOf(product));
  assert.equal(expected.checkedOutAt, checkedOutAt);
  assert.ok(!('expiresAt' in expected));
  assert.deepEqual(viewOf(order, catalogOf({ ...product, price: 1, name: 'New', inventory: 0 })), expected);
  assert.deepEqual(viewOf(order, catalogOf({ productId: 'p', version: 5, deleted: true })), expected);
  const [item] = expected.items;
  assert.deepEqual(
    [item?.currentPrice, item?.priceChanged, item?.availability, item?.availableQty, item?.hold],
    [1999, false, 'available', 2, 'none'],
  );
});
