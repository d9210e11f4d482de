import assert from 'node:assert/strict';
import { heldQtyOf, holdOf, lineOf } from '@tandem/cart/domain/line';
import { catalogKey } from '@tandem/cart/store/entity-types';
import { heldOf, type Reservation } from '@tandem/product/domain/reservation';
import { live, type StoredProduct } from '@tandem/product/domain/product';
import { productKey, reservationKey } from '@tandem/product/store/entity-types';
import type { Row, StoredState } from '@tandem/storage/driver';
import { type HistorySystem, openHistorySystem, type SystemOptions } from './system.ts';
import { type History, productIds, type ProductStep, type Step } from './steps.ts';

/** Numbers of steps, rejections and events in histories, so that a test can require that all occur. */
export type Occurrences = Record<string, number>;

/**
 * Runs a history until the system is at rest, and asserts promise 4: units held = units of open carts' holds, on hand = counts
 * and deliveries − units sold + units missing, stock is never below zero, and each line has the state of its hold.
 */
export async function runHistory(
  { inventories, steps, order }: History,
  occurrences: Occurrences = {},
  bug: SystemOptions['bug'] = {},
): Promise<void> {
  const count = (name: string) => (occurrences[name] = (occurrences[name] ?? 0) + 1);
  let clock = () => '';
  /** Collected, not thrown: a sweep would log an error and continue. */
  const violations: unknown[] = [];
  const incarnations = new Map<string, number>();
  /** Products of which, in one step, a rejected cart gained units, and of which a cart released its units. */
  const [gained, released] = [new Set<string>(), new Set<string>()];
  const watch = (row: Row, before: StoredState | undefined) => {
    if (row.pk.startsWith('product#')) {
      const product = live(row.state as StoredProduct);
      incarnations.set(row.pk.slice('product#'.length), product?.incarnation ?? 0);
    }
    if (!row.pk.startsWith('reservation#')) return;
    const [after, earlier] = [row.state as Reservation, before?.state as Reservation | undefined];
    if (after.outcome === 'released') released.add(after.productId);
    const isGain = after.held > (earlier?.held ?? 0) && isSameGrant(earlier, after);
    if (after.outcome === 'rejected' && isGain) gained.add(after.productId);
    try {
      assertReservationChange(after, earlier, clock(), incarnations.get(after.productId) ?? 0);
    } catch (error) {
      violations.push(error);
    }
  };
  using system = await openHistorySystem(inventories, { bug, watch });
  clock = system.now;
  for (const step of steps) {
    const before = await stockOf(system, step);
    const rejection = await system.run(step);
    count(`${step.do}${rejection ? `: ${rejection.code}` : ''}`);
    for (const violation of violations) throw violation;
    const unexplained = [...gained].filter((id) => !released.has(id));
    assert.deepEqual(unexplained, [], 'a rejected cart gains the units of a merged one, and no others');
    for (const products of [gained, released]) products.clear();
    if (!rejection) await assertStock(system, step, before);
    for (const id of productIds) {
      const { onHand = 0, held = 0 } = (await system.product(id)) ?? {};
      assert.ok(onHand >= 0 && held >= 0, `stock of ${id}: ${onHand} on hand, ${held} held`);
    }
  }
  await bringToRest(system, order);
  if (!steps.some((step) => step.do === 'lose-message')) await assertAtRest(system);
  await requestHolds(system);
  await bringToRest(system, order);
  await assertAtRest(system);
  for (const { eventType } of system.messages.published) count(eventType);
}

/** Delivers all events and expires overdue holds. */
async function bringToRest({ run, messages }: HistorySystem, order: readonly number[]): Promise<void> {
  await run({ do: 'expire-carts' });
  await messages.drain(order);
  for (let i = 0; i < 2; i++) await run({ do: 'expire-holds' });
  await messages.drain(order);
}

/** Requests the holds of all carts again, as clients do that got no response. */
async function requestHolds({ run, cartIds }: HistorySystem): Promise<void> {
  for (const [cart] of cartIds.entries()) {
    // A hold whose response of the store is lost is requested again.
    for (let i = 0; i < 3; i++) if ((await run({ do: 'hold', cart }))?.kind !== 'unavailable') break;
  }
}

async function stockOf(system: HistorySystem, step: Step) {
  return 'productId' in step && !('cart' in step) ? system.product(step.productId) : undefined;
}

/** Asserts that a merchant's step changes the stock on hand as expected, and holds not at all. */
async function assertStock(
  system: HistorySystem,
  step: Step,
  before: Awaited<ReturnType<typeof stockOf>>,
): Promise<void> {
  if (!('productId' in step) || 'cart' in step) return;
  const after = await system.product(step.productId);
  const expected = expectedOnHand(step, before?.onHand);
  assert.equal(after?.onHand, expected, `on hand after ${JSON.stringify(step)}`);
  if (before && after && before.incarnation === after.incarnation) assert.equal(after.held, before.held);
}

function expectedOnHand(step: ProductStep, before: number | undefined): number | undefined {
  switch (step.do) {
    case 'deliver-units':
      return (before ?? 0) + step.delta;
    case 'count':
      return step.onHand;
    case 'import':
      return step.isStockCount ? step.inventory : (before ?? step.inventory);
    case 'discard':
      return undefined;
    default:
      return before ?? step.inventory;
  }
}

/** Asserts the invariants of a reservation's change. */
function assertReservationChange(
  after: Reservation,
  before: Reservation | undefined,
  now: string,
  incarnation: number,
): void {
  if (after.outcome === 'rejected' && isSameGrant(before, after) && before?.incarnation === after.incarnation)
    assert.ok(after.held >= before.held, 'a rejection releases nothing that is held');
  // A hold of a product that was deleted since is void, and may end at any time.
  if (after.outcome === 'expired' && before?.outcome !== 'expired' && before?.incarnation === incarnation)
    assert.ok((before?.heldUntil ?? '9') <= now, 'a hold ends when it is overdue');
  if (before?.outcome === 'expired' && after.held > 0)
    assert.ok(after.cartVersion > before.cartVersion, 'only a later request holds what has expired');
}

function isSameGrant(before: Reservation | undefined, after: Reservation): boolean {
  return (before?.grantedVersion ?? 0) === after.grantedVersion;
}

async function assertAtRest(system: HistorySystem): Promise<void> {
  const carts = await system.carts();
  const short = new Map(
    system.messages.published.flatMap((event) =>
      event.eventType === 'InventoryShort' ? [[event.eventId, event]] : [],
    ),
  );
  for (const productId of productIds) {
    const stored = await system.productTable.get(productKey(productId));
    const product = await system.product(productId);
    const entry = await system.cartTable.get(catalogKey(productId));
    let held = 0;
    for (const cart of carts) {
      const reservation = await system.productTable.get(reservationKey(productId, cart.cartId));
      const line = cart.status === 'open' ? lineOf(cart.lines, productId) : undefined;
      const units = heldOf(reservation, product?.incarnation ?? 0);
      const where = `${productId} in ${cart.cartId} (${cart.status})`;
      assert.equal(line ? heldQtyOf(line, entry) : 0, units, `${where}: units held in Cart and in Product`);
      if (line && product) assert.notEqual(holdOf(line, entry), 'pending', `${where}: no response`);
      held += units;
    }
    assert.equal(product?.held ?? 0, held, `${productId}: held`);
    const sold = carts
      .filter(({ status }) => status === 'checkedOut')
      .reduce((sum, { lines }) => sum + (lineOf(lines, productId)?.qty ?? 0), 0);
    const missing = [...short.values()].reduce(
      (sum, event) => sum + (event.productId === productId ? event.missingQty : 0),
      0,
    );
    const onHand = (system.stockedUnits[productId] ?? 0) - sold + missing;
    assert.equal(product?.onHand ?? 0, onHand, `${productId}: on hand`);
    assert.deepEqual(
      [stored?.ledger.sold ?? 0, stored?.ledger.missing ?? 0],
      [sold, missing],
      `${productId}: ledger`,
    );
  }
}
