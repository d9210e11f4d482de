import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { readEvent } from '@tandem/contracts/read-event';
import * as fc from 'fast-check';
import {
  addItem,
  type Cart,
  type CartDecision,
  deleteCart,
  openCart,
  removeItem,
  setQuantity,
} from './cart.ts';
import { expireCart } from './checkout.ts';
import { markRejected } from './reservation.ts';
import type { CatalogProduct } from './catalog.ts';

const moment = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };

const products: fc.Arbitrary<CatalogProduct> = fc.record({
  productId: fc.constantFrom('a', 'b', 'c'),
  version: fc.constant(1),
  name: fc.string({ maxLength: 10 }),
  price: fc.nat({ max: 1_000_000_000 }),
  currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  inventory: fc.nat({ max: 2_000 }),
  updatedAt: fc.constant(moment.now),
});
const qty = fc.nat({ max: 600 });

const lineOf = ({ lines }: Cart, { productId }: CatalogProduct) =>
  lines.find((line) => line.productId === productId);

type Change = (cart: Cart) => CartDecision;
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(products, qty).map(
    ([product, qty]): Change =>
      (cart) =>
        addItem(cart, product, qty + 1, moment),
  ),
  fc.tuple(products, qty).map(
    ([product, qty]): Change =>
      (cart) =>
        setQuantity(cart, product.productId, () => product, qty, moment),
  ),
  products.map(
    (product): Change =>
      (cart) =>
        setQuantity(cart, product.productId, () => product, lineOf(cart, product)?.qty ?? 0, moment),
  ),
  products.map(
    ({ productId }): Change =>
      (cart) =>
        removeItem(cart, productId, moment),
  ),
  fc.tuple(products, fc.nat({ max: 1 })).map(
    ([product, later]): Change =>
      (cart) =>
        markRejected(cart, {
          eventType: 'InventoryReservationRejected',
          cartId: cart.cartId,
          productId: product.productId,
          requestedQty: 1,
          availableQty: 0,
          cartVersion: (lineOf(cart, product)?.changedAt ?? 1) + later,
          timestamp: moment.now,
        }),
  ),
);

test('whatever is done: the events alone tell the lines, and a consumer reads each of them', () => {
  fc.assert(
    fc.property(
      fc.option(fc.string({ maxLength: 10 })),
      fc.array(changes, { maxLength: 25, size: 'max' }),
      fc.boolean(),
      (userId, history, deleted) => {
        const told = new Map<string, number>();
        const tell = ({ events, state }: CartDecision) => {
          for (const event of events) {
            const sent = { ...event, eventId: 'e', schemaVersion: 1 };
            assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
            assert.ok('lineQty' in event && event.lineQty !== undefined);
            assert.ok(event.qty >= 1);
            assert.equal(event.cartVersion, state.version);
            told.set(event.productId, event.lineQty);
          }
        };
        const assertTold = ({ lines }: Cart) => {
          const toldLines = [...told].filter(([, qty]) => qty > 0);
          assert.deepEqual(new Map(toldLines), new Map(lines.map(({ productId, qty }) => [productId, qty])));
        };

        let { state: cart } = openCart('c', userId, moment);
        for (const change of history) {
          let decision: CartDecision;
          try {
            decision = change(cart);
          } catch (error) {
            assert.ok(error instanceof DomainError);
            continue;
          }
          assert.equal(decision.state.version, cart.version + (decision.state === cart ? 0 : 1));
          tell(decision);
          cart = decision.state;
          assertTold(cart);
          assert.equal(cart.currency === null, cart.lines.length === 0);
          assert.ok(cart.lines.every(({ qty }) => qty >= 1 && qty <= 999));
        }

        for (const event of expireCart(cart)) {
          const sent = { ...event, eventId: 'e', schemaVersion: 1 };
          assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
          assert.equal('cartVersion' in event && event.cartVersion, cart.version + 1);
        }
        if (deleted) {
          const decision = deleteCart(cart, moment);
          tell(decision);
          assertTold(decision.state);
        }
      },
    ),
    { numRuns: 400 },
  );
});
