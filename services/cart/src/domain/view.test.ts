import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Line } from './line.ts';
import type { Catalog, CatalogEntry, CatalogProduct } from './catalog.ts';
import { type VisibleCart, viewOf } from './view.ts';

const line: Line = { productId: 'p', name: 'Acme Widget', qty: 2, priceAtAdd: 1999, changedAt: 2 };
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

function stockSeen(line: Line, entry: CatalogEntry | undefined) {
  const { availability, availableQty } = seen(line, entry);
  return [availability, availableQty];
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
      },
      {
        productId: 'q',
        name: 'Acme Widget',
        qty: 1,
        priceAtAdd: 100,
        currentPrice: 100,
        priceChanged: false,
        availability: 'unavailable',
        availableQty: 0,
      },
    ],
  });
});

test('shows a changed price beside the one at adding, which the total keeps', () => {
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

test('a line that holds its stock is available, also when none is left; what it holds can be had', () => {
  assert.deepEqual(stockSeen(line, { ...product, inventory: 0 }), ['available', 2]);
  assert.deepEqual(stockSeen(line, product), ['available', 7]);
});

test('a rejected line is insufficient, with what the rejection said or the catalog says of that version or a newer one', () => {
  const at = '2026-02-14T15:00:00.000Z';
  const rejected = { ...line, rejected: { availableQty: 1, at, productVersion: 5 } };
  const asOf = (version: number, updatedAt = at) =>
    stockSeen(rejected, { ...product, version, updatedAt }).at(-1);
  assert.deepEqual(
    [4, 5, 6].map((version) => asOf(version)),
    [1, 5, 5],
  );
  assert.equal(asOf(6, '2026-02-14T14:00:00.000Z'), 5, 'clocks do not order what two processes decide');
});

test('a rejection that names no version is compared by its time', () => {
  const rejected = { ...line, rejected: { availableQty: 1, at: '2026-02-14T15:00:00.000Z' } };
  assert.deepEqual(stockSeen(rejected, product), ['insufficient', 5]);
  assert.deepEqual(stockSeen(rejected, { ...product, updatedAt: '2026-02-14T14:59:59.999Z' }), [
    'insufficient',
    1,
  ]);
  assert.deepEqual(stockSeen(rejected, { ...product, updatedAt: '2026-02-14T15:00:00.001Z' }), [
    'insufficient',
    5,
  ]);
});

test('a line of a deleted product is unavailable, rejected or not, at the price of adding', () => {
  const deleted: CatalogEntry = { productId: 'p', version: 5, deleted: true };
  assert.deepEqual(stockSeen(line, deleted), ['unavailable', 0]);
  assert.deepEqual(stockSeen({ ...line, rejected: { availableQty: 1, at: '' } }, deleted), [
    'unavailable',
    0,
  ]);
  const { currentPrice, priceChanged } = seen(line, deleted);
  assert.deepEqual([currentPrice, priceChanged], [1999, false]);
});

test('a cart that is checked out stays as it was agreed, whatever the catalog says since', () => {
  const sold: VisibleCart = { ...cartOf(line), status: 'checkedOut' };
  const agreed = viewOf(sold, catalogOf(product));
  assert.deepEqual(viewOf(sold, catalogOf({ ...product, price: 1, name: 'New', inventory: 0 })), agreed);
  assert.deepEqual(viewOf(sold, catalogOf({ productId: 'p', version: 5, deleted: true })), agreed);
  const [item] = agreed.items;
  assert.deepEqual(
    [item?.currentPrice, item?.priceChanged, item?.availability, item?.availableQty],
    [1999, false, 'available', 2],
  );
});
