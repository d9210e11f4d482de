import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TandemEvent } from '@tandem/contracts/events';
import { exampleOf } from './testing.ts';
import { countsOf } from './count-event.ts';
import { NO_CARTS } from './add-counts.ts';

const AT = '2026-02-14T23:59:59.999Z';
const productsOf = (event: TandemEvent) => countsOf(event, AT)?.products;
const cartsOf = (event: TandemEvent) => countsOf(event, AT)?.carts;

test('added units count for the product, the day and the hour', () => {
  const event = exampleOf('ProductAddedToCart', { productId: 'p', qty: 3 });
  assert.deepEqual(countsOf(event, AT), {
    date: '2026-02-14',
    carts: NO_CARTS,
    products: { p: { added: 3, addedByHour: { 23: 3 } } },
  });
});

test('the event of the first line of a cart opens it', () => {
  assert.deepEqual(cartsOf(exampleOf('ProductAddedToCart', { opensCart: true })), { ...NO_CARTS, opened: 1 });
});

test('removed, expired and rejected units count for the product', () => {
  const line = { productId: 'p', qty: 2 };
  assert.deepEqual(productsOf(exampleOf('ProductRemovedFromCart', line)), { p: { removed: 2 } });
  assert.deepEqual(productsOf(exampleOf('InventoryReservationExpired', line)), { p: { expired: 2 } });
  const rejected = exampleOf('InventoryReservationRejected', { productId: 'p', requestedQty: 5 });
  assert.deepEqual(productsOf(rejected), { p: { rejected: 5 } });
  assert.deepEqual(productsOf({ ...rejected, keptQty: 3 }), { p: { rejected: 2 } });
  assert.equal(countsOf({ ...rejected, keptQty: 5 }, AT), undefined);
  assert.equal(countsOf({ ...rejected, keptQty: 6 }, AT), undefined);
});

test('an order counts for the cart and for each of its products, with revenue by currency', () => {
  const items = [
    { productId: 'p', qty: 2, priceAtAdd: 150 },
    { productId: 'q', qty: 1, priceAtAdd: 99 },
    { productId: 'p', qty: 1, priceAtAdd: 100 },
  ];
  const order = exampleOf('CartCheckedOut', { items, currency: 'EUR', totalAmount: 1 });
  assert.deepEqual(countsOf(order, AT), {
    date: '2026-02-14',
    carts: { ...NO_CARTS, checkedOut: 1, unitsCheckedOut: 4, revenue: { EUR: 499 } },
    products: {
      p: { checkedOut: 3, revenue: { EUR: 400 } },
      q: { checkedOut: 1, revenue: { EUR: 99 } },
    },
  });
  assert.deepEqual(cartsOf({ ...order, currency: null }), {
    ...NO_CARTS,
    checkedOut: 1,
    unitsCheckedOut: 4,
    revenue: {},
  });
});

test('a cart that expires with a line is abandoned, an empty one is not', () => {
  const expired = exampleOf('CartExpired', { items: [{ productId: 'p', qty: 2, priceAtAdd: 1 }] });
  assert.deepEqual(countsOf(expired, AT)?.carts, { ...NO_CARTS, abandoned: 1 });
  assert.deepEqual(productsOf(expired), {});
  assert.equal(countsOf({ ...expired, items: [] }, AT), undefined);
});

test('an edit counts if it changes the price or its currency', () => {
  const price = { price: 120, currency: 'EUR', previousPrice: 100, previousCurrency: 'EUR' };
  const edited = exampleOf('ProductEdited', { productId: 'p', version: 7, ...price });
  const change = {
    changedAt: AT,
    version: 7,
    from: { price: 100, currency: 'EUR' },
    to: { price: 120, currency: 'EUR' },
  };
  assert.deepEqual(productsOf(edited), { p: { priceChanges: [change] } });
  assert.deepEqual(productsOf({ ...edited, price: 100, currency: 'USD' })?.['p']?.priceChanges?.[0]?.to, {
    price: 100,
    currency: 'USD',
  });
  assert.equal(countsOf({ ...edited, price: 100 }, AT), undefined);
});

test('events without a figure count nothing', () => {
  assert.equal(countsOf(exampleOf('ProductCreated', {}), AT), undefined);
  assert.equal(countsOf(exampleOf('ProductSnapshot', {}), AT), undefined);
  assert.equal(countsOf(exampleOf('InventoryReserved', {}), AT), undefined);
});

test('a product may have any id', () => {
  const products = productsOf(exampleOf('ProductRemovedFromCart', { productId: '__proto__', qty: 2 }));
  assert.deepEqual(Object.entries(products ?? {}), [['__proto__', { removed: 2 }]]);
});
