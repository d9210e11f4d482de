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

const moment = { now: '2026-02-14T15:00:00.000Z', expiresAt: '2026-02-21T15:00:00.000Z' };

/** Product's side of one cart and one product, by the rules of the design: what it holds, and how it responds. */
function createProduct(onHand: number) {
  let [held, othersHold, cartVersion, revision, version] = [0, 0, 0, 0, 1];
  let newest: HoldResponse | undefined;
  const responses: HoldResponse[] = [];
  const respond = (outcome: HoldResponse['outcome'], qty: number) => {
    [revision, version] = [revision + 1, version + 1];
    const stock = { version, inventory: onHand - held - othersHold };
    const order = { cartId: 'c', productId: 'p', cartVersion, revision, productVersion: version };
    newest = { outcome, ...order, heldQty: held, availableQty: stock.inventory + held, stock };
    if (qty > 0) responses.push(newest);
  };
  return {
    responses,
    held: () => held,
    catalog: (): CatalogProduct => product('p', { version, inventory: onHand - held - othersHold }),
    request(qty: number, requestVersion: number) {
      if (requestVersion === cartVersion && newest && newest.outcome !== 'expired') responses.push(newest);
      if (requestVersion <= cartVersion) return;
      cartVersion = requestVersion;
      const isGranted = qty <= onHand - othersHold;
      if (isGranted) held = qty;
      respond(isGranted || qty <= held ? 'confirmed' : 'rejected', qty);
    },
    expire() {
      if (held === 0) return;
      held = 0;
      respond('expired', 1);
    },
    othersTake: (qty: number) => (othersHold = Math.min(onHand - held, qty)),
  };
}

type Step =
  | { readonly do: 'add' | 'set' | 'others'; readonly qty: number }
  | { readonly do: 'hold' | 'expire' }
  | { readonly do: 'request' | 'respond'; readonly nth: number; readonly again: boolean }
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
    arbitrary: fc.record({ do: fc.constantFrom('request', 'respond'), nth, again: fc.boolean() }),
  },
);

/** The request that an event makes: quantity and version. */
function requestOf(event: NewEvent): readonly [number, number] {
  assert.ok('cartVersion' in event);
  if (event.eventType === 'InventoryReservationRequested')
    return [event.items[0]?.qty ?? 0, event.cartVersion ?? 0];
  assert.ok('lineQty' in event);
  return [event.lineQty ?? 0, event.cartVersion ?? 0];
}

function run(stock: number, history: readonly Step[]) {
  const theProduct = createProduct(stock);
  const requests: (readonly [number, number])[] = [];
  let cart: Cart = openCart('c', null, moment).state;
  let catalog = theProduct.catalog();
  const apply = (decide: () => CartDecision) => {
    try {
      const { state, events } = decide();
      cart = state;
      requests.push(...events.map(requestOf));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  };
  const take = <T>(queue: T[], nth: number, again: boolean): T | undefined => {
    const index = nth % Math.max(1, queue.length);
    return again ? queue[index] : queue.splice(index, 1)[0];
  };
  const deliverRequest = (nth: number, again: boolean) => {
    const request = take(requests, nth, again);
    if (request) theProduct.request(...request);
  };
  const deliverResponse = (nth: number, again: boolean) => {
    const response = take(theProduct.responses, nth, again);
    if (!response) return;
    apply(() => applyResponse(cart, response, moment.now));
    catalog = theProduct.catalog();
  };
  /** An expiry is not lost: its event is published at least once, and no request would have it repeated. */
  const lose = (nth: number) => {
    if (theProduct.responses[nth]?.outcome !== 'expired') theProduct.responses.splice(nth, 1);
  };
  const toRest = () => {
    for (let i = 0; requests.length + theProduct.responses.length > 0; i++) {
      if (requests.length > 0) deliverRequest(i, false);
      else deliverResponse(i, false);
    }
  };
  const step = (step: Step): unknown => {
    switch (step.do) {
      case 'add':
        return apply(() => addItem(cart, catalog, step.qty, moment));
      case 'set':
        return apply(() => setQuantity(cart, 'p', catalogOf(catalog), step.qty, moment));
      case 'hold':
        return apply(() => renewHolds(cart, catalogOf(catalog), moment));
      case 'expire':
        return theProduct.expire();
      case 'others':
        return theProduct.othersTake(step.qty);
      case 'lose':
        return lose(step.nth);
      case 'request':
        return deliverRequest(step.nth, step.again);
      default:
        return deliverResponse(step.nth, step.again);
    }
  };
  for (const it of history) step(it);
  toRest();
  apply(() => requestPendingHolds(cart, moment));
  toRest();
  const [line] = cart.lines as readonly (Line | undefined)[];
  return { line, held: theProduct.held() };
}

test("for any requests, duplicates, losses and expiries: once pending holds are requested again, the line equals Product's reservation", () => {
  const happened = { held: 0, none: 0, reduced: 0 };
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
        if (hold === 'held') assert.equal(line.qty, held, 'and no more than it needs');
        if (hold === 'none') assert.equal(held, 0, 'a rejection leaves all or nothing');
        happened[hold === 'held' ? 'held' : 'none'] += 1;
        if (line.shortage) happened.reduced += 1;
        return undefined;
      },
    ),
    { numRuns: 5_000 },
  );
  assert.ok(
    Object.values(happened).every((count) => count > 50),
    JSON.stringify(happened),
  );
});
