import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cart } from '@tandem/cart/domain/cart';
import type { Line } from '@tandem/cart/domain/line';
import type { Reservation } from '@tandem/product/domain/reservation';
import { differencesOf, type PairDifference } from './difference.ts';
import type { Facts } from './facts.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const pair = { productId: 'mug', cartId: 'cart-a' };

const line = (fields: Partial<Line> = {}): Line => ({
  productId: 'mug',
  name: 'Mug',
  qty: 2,
  priceAtAdd: 100,
  requestedAt: 3,
  heldQty: 2,
  holdVersion: 5,
  response: { cartVersion: 3, revision: 1 },
  ...fields,
});
const cart = (fields: Partial<Cart> = {}): Cart => ({
  cartId: 'cart-a',
  userId: 'alice',
  status: 'open',
  currency: 'EUR',
  lines: [line()],
  version: 4,
  updatedAt: '2026-11-28T11:00:00Z',
  ...fields,
});
const order = (fields: Partial<Cart> = {}) =>
  cart({ status: 'checkedOut', checkedOutAt: '2026-11-28T11:00:00Z', version: 5, ...fields });
const reservation = (fields: Partial<Reservation> = {}): Reservation => ({
  ...pair,
  version: 1,
  cartVersion: 3,
  grantedVersion: 3,
  requestedQty: 2,
  held: 2,
  outcome: 'held',
  holder: 'user',
  incarnation: 1,
  updatedAt: '2026-11-28T11:00:00Z',
  ...fields,
});
interface Case {
  readonly reservation?: Reservation | undefined;
  readonly cart?: Cart | undefined;
  readonly hasExpired?: boolean;
  readonly incarnation?: number;
  readonly mergedInto?: Facts['mergedInto'];
}
function found({
  reservation,
  cart,
  hasExpired = false,
  incarnation = 1,
  mergedInto,
}: Case): PairDifference[] {
  const facts = { incarnation, reservation, cart: cart && { state: cart, hasExpired } };
  return differencesOf(pair, { ...facts, ...(mergedInto && { mergedInto }) }, NOW);
}

/** Kind, both values, and the repair event with its version, or `none`. */
function brief(differences: readonly PairDifference[]) {
  return differences.map(({ kind, product, cart, repair }) => {
    if (repair.kind === 'none') return [kind, product, cart, 'none'];
    const { event } = repair;
    const version = 'cartVersion' in event ? event.cartVersion : undefined;
    return [kind, product, cart, `${event.eventType} ${version}`];
  });
}

describe('the differences of a pair', () => {
  const cases: readonly (readonly [string, Case, ReturnType<typeof brief>])[] = [
    ['a held line', { reservation: reservation(), cart: cart() }, []],
    ['a cart without a hold or a line', { cart: cart({ lines: [] }) }, []],
    [
      'an expired hold that both know of',
      {
        reservation: reservation({ held: 0, outcome: 'expired' }),
        cart: cart({ lines: [line({ heldQty: 0 })] }),
      },
      [],
    ],
    ['a hold without a cart', { reservation: reservation() }, [['holdWithoutLine', 2, 0, 'CartExpired 4']]],
    [
      'a hold of a deleted cart',
      { reservation: reservation(), cart: cart({ status: 'deleted', lines: [], version: 7 }) },
      [['holdWithoutLine', 2, 0, 'ProductRemovedFromCart 7']],
    ],
    [
      'a hold without a line',
      { reservation: reservation(), cart: cart({ lines: [], version: 9 }) },
      [['holdWithoutLine', 2, 0, 'ProductRemovedFromCart 9']],
    ],
    [
      'a hold without a line, of a cart that was restored',
      { reservation: reservation({ cartVersion: 8 }), cart: cart({ lines: [] }) },
      [['holdWithoutLine', 2, 0, 'ProductRemovedFromCart 9']],
    ],
    [
      'a hold of an earlier incarnation',
      { reservation: reservation(), incarnation: 6, cart: cart({ lines: [] }) },
      [],
    ],
    ['a line of a deleted product', { reservation: reservation(), incarnation: 0, cart: cart() }, []],
    [
      'a line held before its product was created anew',
      { reservation: reservation(), incarnation: 6, cart: cart() },
      [],
    ],
    ['a line whose cart has expired and is removed soon', { cart: cart(), hasExpired: true }, []],
    [
      'a pending line that Product never saw',
      { cart: cart({ lines: [line({ heldQty: 0, response: { cartVersion: 2 } })] }) },
      [['requestUnseen', 0, 0, 'InventoryReservationRequested 3']],
    ],
    [
      'a pending line of which Product saw an earlier request',
      {
        reservation: reservation({ cartVersion: 2 }),
        cart: cart({ lines: [line({ qty: 5, response: { cartVersion: 2, revision: 1 } })] }),
      },
      [['requestUnseen', 2, 2, 'InventoryReservationRequested 3']],
    ],
    [
      'a response that was lost',
      {
        reservation: reservation(),
        cart: cart({ lines: [line({ heldQty: 0, response: { cartVersion: 2 } })] }),
      },
      [['responseLost', 2, 0, 'InventoryReservationRequested 3']],
    ],
    [
      'an expiry that was lost',
      { reservation: reservation({ version: 2, held: 0, outcome: 'expired' }), cart: cart() },
      [['holdDiffers', 0, 2, 'InventoryReservationRequested 3']],
    ],
    [
      'a reservation that was lost',
      { cart: cart() },
      [['holdDiffers', 0, 2, 'InventoryReservationRequested 4']],
    ],
    [
      'a reservation that went back behind what the line knows',
      {
        reservation: reservation({ held: 1 }),
        cart: cart({ lines: [line({ response: { cartVersion: 3, revision: 7 } })] }),
      },
      [['holdDiffers', 1, 2, 'InventoryReservationRequested 4']],
    ],
    [
      'a cart that was restored and whose versions were raised: the quantity of its line is requested, not that of Product',
      {
        reservation: reservation({ cartVersion: 9, requestedQty: 4, held: 4 }),
        cart: cart({ version: 100_004 }),
      },
      [['holdDiffers', 4, 2, 'InventoryReservationRequested 100004']],
    ],
    [
      'a line that Product released',
      { reservation: reservation({ held: 0, outcome: 'released' }), cart: cart() },
      [['holdDiffers', 0, 2, 'InventoryReservationRequested 4']],
    ],
    [
      'a cart that was restored',
      { reservation: reservation({ cartVersion: 9, held: 4 }), cart: cart() },
      [['holdDiffers', 4, 2, 'none']],
    ],
    [
      'an order that was applied',
      { reservation: reservation({ cartVersion: 5, held: 0, outcome: 'sold' }), cart: order() },
      [],
    ],
    [
      'an order that was not applied',
      { reservation: reservation(), cart: order() },
      [['orderNotApplied', 0, 2, 'CartCheckedOut 5']],
    ],
    [
      'a young order without a reservation',
      { cart: order() },
      [['orderNotApplied', 0, 2, 'CartCheckedOut 5']],
    ],
    ['an old order without a reservation', { cart: order({ checkedOutAt: '2026-10-28T11:00:00Z' }) }, []],
    [
      'an old order whose units are held still',
      { reservation: reservation(), cart: order({ checkedOutAt: '2026-10-01T11:00:00Z' }) },
      [['orderNotApplied', 0, 2, 'CartCheckedOut 5']],
    ],
    [
      'an order that a later version outranks',
      { reservation: reservation({ cartVersion: 6 }), cart: order() },
      [['orderNotApplied', 0, 2, 'none']],
    ],
    [
      'a hold that is overdue',
      { reservation: reservation({ heldUntil: '2026-11-28T11:58:59Z' }), cart: cart() },
      [['holdOverdue', 2, 2, 'none']],
    ],
    [
      'a hold that ended a moment ago',
      { reservation: reservation({ heldUntil: '2026-11-28T11:59:30Z' }), cart: cart() },
      [],
    ],
  ];
  for (const [name, facts, expected] of cases)
    it(name, () => assert.deepEqual(brief(found(facts)), expected));

  const source = cart({ status: 'merged', lines: [], mergedInto: 'cart-b', version: 6 });
  const target = cart({
    cartId: 'cart-b',
    version: 8,
    lines: [
      line({
        requestedAt: 8,
        response: { cartVersion: 7 },
        movedFrom: [{ cartId: 'cart-a', cartVersion: 6, mergedAt: 8 }],
      }),
    ],
  });

  it('units of a merged cart are moved by the pending request of the target cart, not released', () => {
    const mergedInto = { cart: target, reservation: undefined };
    assert.deepEqual(found({ reservation: reservation(), cart: source, mergedInto }), []);
    const [difference] = differencesOf(
      { productId: 'mug', cartId: 'cart-b' },
      { incarnation: 1, reservation: undefined, cart: { state: target, hasExpired: false } },
      NOW,
    );
    assert.ok(difference?.repair.kind === 'event');
    assert.deepEqual(difference.repair.event, {
      eventType: 'InventoryReservationRequested',
      cartId: 'cart-b',
      userId: 'alice',
      items: [{ productId: 'mug', qty: 2, movedFrom: [{ cartId: 'cart-a', cartVersion: 6 }] }],
      timestamp: '2026-11-28T12:00:00.000Z',
      cartVersion: 8,
    });
    assert.equal(difference.repair.eventId, 'audit/cart-b/mug/8');
  });

  it('units of a merged cart are released if no pending request moves them', () => {
    const applied = { ...reservation({ cartId: 'cart-b', cartVersion: 8 }) };
    for (const mergedInto of [
      { cart: target, reservation: applied },
      { cart: { ...target, status: 'checkedOut' as const }, reservation: undefined },
      { cart: { ...target, lines: [] }, reservation: undefined },
      undefined,
    ])
      assert.deepEqual(brief(found({ reservation: reservation(), cart: source, mergedInto })), [
        ['holdWithoutLine', 2, 0, 'ProductRemovedFromCart 6'],
      ]);
  });

  it('the sale of an order is published again unchanged', () => {
    const [difference] = found({ cart: order() });
    assert.ok(difference?.repair.kind === 'event');
    assert.deepEqual(difference.repair.event, {
      eventType: 'CartCheckedOut',
      cartId: 'cart-a',
      userId: 'alice',
      items: [{ productId: 'mug', qty: 2, priceAtAdd: 100 }],
      totalAmount: 200,
      currency: 'EUR',
      timestamp: '2026-11-28T11:00:00Z',
      cartVersion: 5,
    });
    assert.equal(difference.repair.eventId, 'cart/cart-a/5/0', 'the id that the relay gave it');
  });
});
