import assert from 'node:assert/strict';
import type { CartBody, ProductBody } from '../support/http.ts';
import { faultsOf, type Observed } from './checker.ts';
import type { Entry } from './record.ts';
import type { StockEvents } from './stock-events.ts';

/** A checker that finds nothing may look at nothing: each of these planted faults must be detected. */
export function checkTheChecker(log: readonly Entry[], observed: Observed): void {
  const { products, carts } = observed;
  const line = carts
    .filter(({ status }) => status === 'open')
    .flatMap(({ cartId, items }) => items.map(({ productId }) => ({ cartId, productId })))[0];
  assert.ok(line);
  const { productId, cartId } = line;
  const { version } = carts.find((cart) => cart.cartId === cartId) ?? { version: 1 };
  const done = { status: 'done', version } as const;
  const told = (entry: Entry) => faultsOf([...log, entry], observed);
  const change = <T extends object>(items: readonly T[], is: (item: T) => boolean, by: Partial<T>) =>
    items.map((item) => (is(item) ? { ...item, ...by } : item));
  const ofProduct = (by: Partial<ProductBody>) =>
    faultsOf(log, { ...observed, products: change(products, (it) => it.productId === productId, by) });
  const ofLines = (by: Partial<CartBody['items'][number]>) =>
    faultsOf(log, {
      ...observed,
      carts: carts.map((cart) => ({
        ...cart,
        items: change(cart.items, (it) => it.productId === productId, by),
      })),
    });
  const publishing = (by: Partial<StockEvents>) =>
    faultsOf(log, { ...observed, published: { ...observed.published, ...by } });

  const planted = {
    'an acknowledged price': told({ op: 'price', productId, price: 10_000, outcome: done }),
    'an acknowledged version': told({ op: 'stock', productId, delta: 0, outcome: { ...done, version: 1e6 } }),
    'an acknowledged delivery': told({ op: 'stock', productId, delta: 7_777, outcome: done }),
    'an acknowledged product': told({
      op: 'create',
      productId: 'new',
      price: 1,
      inventory: 1,
      outcome: done,
    }),
    'an acknowledged add': told({ op: 'add', cartId, productId, qty: 500, outcome: done }),
    'an acknowledged removal': told({ op: 'set', cartId, productId, qty: 0, outcome: done }),
    'an acknowledged cart': told({ op: 'open', cartId: 'new', outcome: done }),
    'a lost price event': ofLines({ currentPrice: 10_000 }),
    'a lost stock event': ofLines({ availableQty: 7_777 }),
    'inventory that is not what is available': ofProduct({ inventory: 7_777 }),
    'a lost reservation': ofProduct({ held: 7_777 }),
    'a lost delivery': ofProduct({ onHand: 7_777 }),
    'a lost rejection': ofLines({ availability: 'unavailable' }),
    'a lost response': ofLines({ hold: 'pending' }),
    'a hold that Product does not know of': ofLines({ hold: 'held', qty: 900 }),
    'a hold that never expires': ofLines({ heldUntil: new Date(observed.at - 60_000).toISOString() }),
    'a hold that came back after it expired': publishing({ heldAgain: ['request'] }),
    'units sold beyond the stock': publishing({ missing: new Map([[productId, 1]]) }),
    'a lost message': faultsOf(log, { ...observed, deadLetters: 1 }),
  };
  Object.assign(planted, faultsOfTrips(log, observed));
  for (const [what, faults] of Object.entries(planted)) assert.ok(faults.length > 0, `${what} is not missed`);
}

/** Planted faults of merges, checkouts and keyed adds, with the faults that were found for each. */
function faultsOfTrips(log: readonly Entry[], observed: Observed): Record<string, readonly string[]> {
  const told = (entry: Entry) => faultsOf([...log, entry], observed);
  const withStatus = (status: string) =>
    observed.carts.find((cart) => cart.status === status && cart.items.length > 0);
  const [open, sold] = [withStatus('open'), withStatus('checkedOut')];
  const wasMerged = ({ items, cartId }: CartBody) =>
    items.length > 0 &&
    log.some((it) => it.op === 'merge' && it.cartId === cartId && it.outcome.status === 'done');
  const target = observed.carts.find(wasMerged);
  const source = observed.carts.find(({ status }) => status === 'merged');
  const keyed = log.find((it) => it.op === 'add' && it.isKeyed && it.outcome.status === 'done');
  assert.ok(open && sold && target && source && keyed);
  const [soldLine] = sold.items;
  assert.ok(soldLine);

  const showing = (cart: CartBody, by: Partial<CartBody>, log2 = log) =>
    faultsOf(log2, { ...observed, carts: observed.carts.map((it) => (it === cart ? { ...it, ...by } : it)) });
  const moreOf = ({ items }: CartBody, more: number) => {
    const grown = items.map((line, i) => (i === 0 ? { ...line, qty: line.qty + more } : line));
    return {
      items: grown,
      totalAmount: grown.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0),
    };
  };
  const { cartId } = sold;
  const done = { status: 'done', version: open.version } as const;
  const addedUnseen: Entry = { op: 'add', cartId, productId: soldLine.productId, qty: 50_000, outcome: done };
  return {
    'an acknowledged merge': told({
      op: 'merge',
      cartId: open.cartId,
      fromCartId: sold.cartId,
      outcome: done,
    }),
    'a merge that happened twice': showing(target, moreOf(target, 1_000)),
    'a merged cart that kept its lines': showing(source, {
      items: open.items,
      totalAmount: open.totalAmount,
    }),
    'a merged cart that is open': showing(source, { status: 'open' }),
    'an acknowledged checkout': told({ op: 'checkOut', cartId: open.cartId, outcome: done }),
    'a checkout that nobody asked for': showing(open, { status: 'checkedOut' }),
    'a checkout that was lost': showing(sold, { status: 'open' }),
    'another total than that of its lines': showing(sold, { totalAmount: sold.totalAmount + 1 }),
    'units that were sold and are not accounted for': showing(sold, moreOf(sold, 50_000), [
      ...log,
      addedUnseen,
    ]),
    'a keyed add that counted twice': told(keyed),
  };
}
