import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import * as fc from 'fast-check';
import { addItem, type Cart, type CartDecision, openCart, setQuantity } from './cart.ts';
import type { CatalogProduct } from './catalog.ts';
import { renewHolds, requestPendingHolds } from './hold.ts';
import { holdOf, isPending, type Line } from './line.ts';
import { applyResponse, type HoldResponse } from './reservation.ts';
import { catalogOf, product } from './testing.ts';

const times = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };

/** Model of Product for one cart and one product: its hold and its responses. */
function createProduct(onHand: number) {
  let [held, heldByOthers, cartVersion, revision, version] = [0, 0, 0, 0, 1];
  let newest: HoldResponse | undefined;
  const responses: HoldResponse[] = [];
  const respond = (outcome: HoldResponse['outcome'], qty: number) => {
    [revision, version] = [revision + 1, version + 1];
    const stock = { version, inventory: onHand - held - heldByOthers };
    const order = { cartId: 'c', productId: 'p', cartVersion, revision, productVersion: version };
    newest = { outcome, ...order, heldQty: held, availableQty: stock.inventory + held, stock };
    if (qty > 0) responses.push(newest);
  };
  return {
    responses,
    held: () => held,
    catalog: (): CatalogProduct => product('p', { version, inventory: onHand - held - heldByOthers }),
    request(qty: number, requestVersion: number) {
      if (requestVersion === cartVersion && newest && newest.outcome !== 'expired') responses.push(newest);
      if (requestVersion <= cartVersion) return;
      cartVersion = requestVersion;
      const isGranted = qty <= onHand - heldByOthers;
      if (isGranted) held = qty;
      respond(isGranted || qty <= held ? 'confirmed' : 'rejected', qty);
    },
    expire() {
      if (held === 0) return;
      held = 0;
      respond('expired', 1);
    },
    reserveForOthers: (qty: number) => (heldByOthers = Math.min(onHand - held, qty)),
  };
}

type Step =
  | { readonly do: 'add' | 'set' | 'others'; readonly qty: number }
  | { readonly do: 'hold' | 'expire' }
  | { readonly do: 'request' | 'respond'; readonly nth: number; readonly isDuplicate: boolean }
  | { readonly do: 'lose'; readonly nth: number };

const nth = fc.nat({ max: 9 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add'), qty: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set'), qty: fc.nat({ max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('others'), qty: fc.nat({ max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hold', 'expire') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose'), nth }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('request', 'respond'), nth, isDuplicate: fc.boolean() }),
  },
);

/** The hold request of an event: quantity and cart version. */
function requestOf(event: NewEvent): readonly [number, number] {
  assert.ok('cartVersion' in event);
  if (event.eventType === 'InventoryReservationRequested')
    return [event.items[0]?.qty ?? 0, event.cartVersion ?? 0];
  assert.ok('lineQty' in event);
  return [event.lineQty ?? 0, event.cartVersion ?? 0];
}

function run(stock: number, history: readonly Step[]) {
  const productModel = createProduct(stock);
  const requests: (readonly [number, number])[] = [];
  let cart: Cart = openCart('c', null, times).state;
  let catalog = productModel.catalog();
  const apply = (decide: () => CartDecision) => {
    try {
      const { state, events } = decide();
      cart = state;
      requests.push(...events.map(requestOf));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  };
  const receive = <T>(queue: T[], nth: number, isDuplicate: boolean): T | undefined => {
    const index = nth % Math.max(1, queue.length);
    return isDuplicate ? queue[index] : queue.splice(index, 1)[0];
  };
  const deliverRequest = (nth: number, isDuplicate: boolean) => {
    const request = receive(requests, nth, isDuplicate);
    if (request) productModel.request(...request);
  };
  const deliverResponse = (nth: number, isDuplicate: boolean) => {
    const response = receive(productModel.responses, nth, isDuplicate);
    if (!response) return;
    apply(() => applyResponse(cart, response, times.now));
    catalog = productModel.catalog();
  };
  /** Loses a response. An expiry cannot be lost: it is published at least once, and no request repeats it. */
  const lose = (nth: number) => {
    if (productModel.responses[nth]?.outcome !== 'expired') productModel.responses.splice(nth, 1);
  };
  const deliverAll = () => {
    for (let i = 0; requests.length + productModel.responses.length > 0; i++) {
      if (requests.length > 0) deliverRequest(i, false);
      else deliverResponse(i, false);
    }
  };
  const step = (step: Step): unknown => {
    switch (step.do) {
      case 'add':
        return apply(() => addItem(cart, catalog, step.qty, times));
      case 'set':
        return apply(() => setQuantity(cart, 'p', catalogOf(catalog), step.qty, times));
      case 'hold':
        return apply(() => renewHolds(cart, catalogOf(catalog), times));
      case 'expire':
        return productModel.expire();
      case 'others':
        return productModel.reserveForOthers(step.qty);
      case 'lose':
        return lose(step.nth);
      case 'request':
        return deliverRequest(step.nth, step.isDuplicate);
      default:
        return deliverResponse(step.nth, step.isDuplicate);
    }
  };
  for (const action of history) step(action);
  deliverAll();
  apply(() => requestPendingHolds(cart, times));
  deliverAll();
  const [line] = cart.lines as readonly (Line | undefined)[];
  return { line, held: productModel.held() };
}

test("for any requests, duplicates, losses and expiries: once pending holds are requested again, the line's hold equals Product's", () => {
  const coverage = { held: 0, none: 0, reduced: 0 };
  fc.assert(
    fc.property(
      fc.nat({ max: 8 }),
      fc.array(steps, { minLength: 5, maxLength: 40, size: 'max' }),
      (stock, history) => {
        const { line, held } = run(stock, history);
        if (!line) return assert.equal(held, 0, 'a removed line holds nothing');
        assert.equal(isPending(line), false, 'each request has its response');
        assert.equal(line.heldQty, held);
        const hold = holdOf(line, undefined);
        assert.equal(hold, held >= line.qty ? 'held' : 'none');
        if (hold === 'held') assert.equal(line.qty, held, 'no unit too many is held');
        if (hold === 'none') assert.equal(held, 0, 'a line without a hold has no held units');
        coverage[hold === 'held' ? 'held' : 'none'] += 1;
        if (line.shortage) coverage.reduced += 1;
        return undefined;
      },
    ),
    { numRuns: 5_000 },
  );
  assert.ok(
    Object.values(coverage).every((count) => count > 50),
    JSON.stringify(coverage),
  );
});
