import assert from 'node:assert/strict';
import type { CartBody, ProductBody } from '../http.ts';
import { violationsOf, type Observed } from './checker.ts';
import type { Entry } from './operation-log.ts';
import type { StockEvents } from './stock-events.ts';

/** Mutation test of the checker: each mutation of the log or of the observed state must be reported as a violation. */
export function verifyChecker(log: readonly Entry[], observed: Observed): void {
  const { products, carts } = observed;
  const line = carts
    .filter(({ status }) => status === 'open')
    .flatMap(({ cartId, items }) => items.map(({ productId }) => ({ cartId, productId })))[0];
  assert.ok(line);
  const { productId, cartId } = line;
  const { version } = carts.find((cart) => cart.cartId === cartId) ?? { version: 1 };
  const done = { status: 'done', version } as const;
  const withEntry = (entry: Entry) => violationsOf([...log, entry], observed);
  const change = <T extends object>(items: readonly T[], is: (item: T) => boolean, by: Partial<T>) =>
    items.map((item) => (is(item) ? { ...item, ...by } : item));
  const withProduct = (by: Partial<ProductBody>) =>
    violationsOf(log, {
      ...observed,
      products: change(products, (product) => product.productId === productId, by),
    });
  const withLines = (by: Partial<CartBody['items'][number]>) =>
    violationsOf(log, {
      ...observed,
      carts: carts.map((cart) => ({
        ...cart,
        items: change(cart.items, (item) => item.productId === productId, by),
      })),
    });
  const withPublished = (by: Partial<StockEvents>) =>
    violationsOf(log, { ...observed, published: { ...observed.published, ...by } });

  const mutations = {
    'an acknowledged price': withEntry({ op: 'price', productId, price: 10_000, outcome: done }),
    'an acknowledged version': withEntry({
      op: 'stock',
      productId,
      delta: 0,
      outcome: { ...done, version: 1e6 },
    }),
    'an acknowledged delivery': withEntry({ op: 'stock', productId, delta: 7_777, outcome: done }),
    'an acknowledged product': withEntry({
      op: 'create',
      productId: 'new',
      price: 1,
      inventory: 1,
      outcome: done,
    }),
    'an acknowledged add': withEntry({ op: 'add', cartId, productId, qty: 500, outcome: done }),
    'an acknowledged removal': withEntry({ op: 'set', cartId, productId, qty: 0, outcome: done }),
    'an acknowledged cart': withEntry({ op: 'open', cartId: 'new', outcome: done }),
    'a lost price event': withLines({ currentPrice: 10_000 }),
    'a lost stock event': withLines({ availableQty: 7_777 }),
    'inventory that differs from the available units': withProduct({ inventory: 7_777 }),
    'a lost reservation': withProduct({ held: 7_777 }),
    'a lost delivery': withProduct({ onHand: 7_777 }),
    'a lost rejection': withLines({ availability: 'unavailable' }),
    'a lost response': withLines({ hold: 'pending' }),
    'a hold that Product does not have': withLines({ hold: 'held', qty: 900 }),
    'a hold that never expires': withLines({ heldUntil: new Date(observed.at - 60_000).toISOString() }),
    'a hold that came back after it expired': withPublished({ heldAgain: ['request'] }),
    'units sold beyond the stock': withPublished({ missing: new Map([[productId, 1]]) }),
    'a lost message': violationsOf(log, { ...observed, deadLetters: 1 }),
  };
  Object.assign(mutations, sessionMutations(log, observed));
  for (const [mutation, violations] of Object.entries(mutations))
    assert.ok(violations.length > 0, `the checker does not detect ${mutation}`);
}

/** Mutations of merges, checkouts and keyed adds, with the violations that the checker reports for each. */
function sessionMutations(log: readonly Entry[], observed: Observed): Record<string, readonly string[]> {
  const withEntry = (entry: Entry) => violationsOf([...log, entry], observed);
  const withStatus = (status: string) =>
    observed.carts.find((cart) => cart.status === status && cart.items.length > 0);
  const [open, sold] = [withStatus('open'), withStatus('checkedOut')];
  const wasMerged = ({ items, cartId }: CartBody) =>
    items.length > 0 &&
    log.some((entry) => entry.op === 'merge' && entry.cartId === cartId && entry.outcome.status === 'done');
  const target = observed.carts.find(wasMerged);
  const source = observed.carts.find(({ status }) => status === 'merged');
  const keyed = log.find((entry) => entry.op === 'add' && entry.isKeyed && entry.outcome.status === 'done');
  assert.ok(open && sold && target && source && keyed);
  const [soldLine] = sold.items;
  assert.ok(soldLine);

  const withCart = (cart: CartBody, by: Partial<CartBody>, entries = log) =>
    violationsOf(entries, {
      ...observed,
      carts: observed.carts.map((other) => (other === cart ? { ...cart, ...by } : other)),
    });
  const moreOf = ({ items }: CartBody, more: number) => {
    const grown = items.map((line, i) => (i === 0 ? { ...line, qty: line.qty + more } : line));
    return {
      items: grown,
      totalAmount: grown.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0),
    };
  };
  const { cartId } = sold;
  const done = { status: 'done', version: open.version } as const;
  const unobservedAdd: Entry = {
    op: 'add',
    cartId,
    productId: soldLine.productId,
    qty: 50_000,
    outcome: done,
  };
  return {
    'an acknowledged merge': withEntry({
      op: 'merge',
      cartId: open.cartId,
      fromCartId: sold.cartId,
      outcome: done,
    }),
    'a merge that happened twice': withCart(target, moreOf(target, 1_000)),
    'a merged cart that kept its lines': withCart(source, {
      items: open.items,
      totalAmount: open.totalAmount,
    }),
    'a merged cart that is open': withCart(source, { status: 'open' }),
    'an acknowledged checkout': withEntry({ op: 'checkOut', cartId: open.cartId, outcome: done }),
    'a checkout without a request': withCart(open, { status: 'checkedOut' }),
    'a checkout that was lost': withCart(sold, { status: 'open' }),
    'a total that differs from the sum of the lines': withCart(sold, { totalAmount: sold.totalAmount + 1 }),
    'sold units without a matching change of stock': withCart(sold, moreOf(sold, 50_000), [
      ...log,
      unobservedAdd,
    ]),
    'a keyed add that counted twice': withEntry(keyed),
  };
}
