import type { CartBody, LineBody, ProductBody } from '../http.ts';
import { type Quantities, quantitiesOf } from './quantities.ts';
import { type Entry, newestVersion, possible } from './operation-log.ts';
import type { StockEvents } from './stock-events.ts';

/** Observed state of the system at rest. */
export interface Observed {
  readonly products: readonly ProductBody[];
  readonly carts: readonly CartBody[];
  /** Number of dead letters and parked messages. */
  readonly deadLetters: number;
  readonly published: StockEvents;
  /** Time of the observation, in milliseconds since the epoch. */
  readonly at: number;
}

type EntryOf<O extends Entry['op']> = Extract<Entry, { op: O }>;
type ProductEntry = EntryOf<'create' | 'price' | 'stock'>;
type CartEntry = Exclude<Entry, ProductEntry>;

/** Limit of the delay until the sweep has expired a hold and Cart shows it: far below the minute of the contract. */
export const MAX_OVERDUE_MS = 10_000;

/**
 * Violations of the promises: contradictions between the observed state and the responses that clients received. Empty where
 * all acknowledged writes are present, each merge and keyed add is applied once, Cart has the newest state of each product,
 * Product holds exactly the units of the lines, stock on hand and sales are consistent, and there is no dead letter.
 */
export function violationsOf(log: readonly Entry[], observed: Observed): string[] {
  const { products, carts, deadLetters, published } = observed;
  const entriesByProduct = Map.groupBy(log.filter(isProductEntry), ({ productId }) => productId);
  const entriesByCart = Map.groupBy(log.filter(isCartEntry), ({ cartId }) => cartId);
  const quantities = quantitiesOf(log, published.reductions);
  const statuses = statusesOf(log);
  return [
    ...[...entriesByProduct].flatMap(([productId, entries]) =>
      productViolations(productId, entries, observed),
    ),
    ...[...entriesByCart].flatMap(([cartId, entries]) =>
      cartViolations(cartId, entries, carts, quantities(cartId)),
    ),
    ...carts.flatMap(({ cartId, status }) =>
      expectOneOf(`${cartId}: status`, status, statuses.get(cartId) ?? new Set<string>(['open'])),
    ),
    ...products
      .filter(({ productId }) => !entriesByProduct.has(productId))
      .map(({ productId }) => `${productId} was not created by a client`),
    ...published.heldAgain.map((request) => `${request} was held again after its hold expired`),
    ...(deadLetters === 0 ? [] : [`${deadLetters} dead letters or parked messages`]),
  ];
}

function productViolations(
  productId: string,
  entries: readonly ProductEntry[],
  observed: Observed,
): string[] {
  const { products, carts, published } = observed;
  const product = products.find((candidate) => candidate.productId === productId);
  const linesOf = (expectedStatus: CartBody['status']) =>
    carts
      .filter(({ status }) => status === expectedStatus)
      .flatMap(({ items }) => items.filter((line) => line.productId === productId));
  const [open, ordered] = [linesOf('open'), linesOf('checkedOut')];
  if (!product) {
    return entries.some(({ outcome }) => outcome.status === 'done') || open.length + ordered.length > 0
      ? [`${productId} is missing`]
      : [];
  }
  const { price, onHand, held, inventory, version } = product;
  const sold = unitsOf(ordered);
  const missing = published.missing.get(productId) ?? 0;
  const isReduced = published.reductions.some((reduction) => reduction.productId === productId);
  return [
    ...expectAtLeast(`${productId}: version`, version, newestVersion(entries)),
    ...expectOneOf(`${productId}: price`, price, pricesOf(entries)),
    ...expectOneOf(
      `${productId}: ${onHand} units on hand, ${sold} sold and ${missing} missing: units stocked`,
      onHand + sold - missing,
      stockOf(entries),
    ),
    ...expectOneOf(
      `${productId}: units held`,
      held,
      new Set([unitsOf(open.filter(({ hold }) => hold === 'held'))]),
    ),
    ...expectOneOf(`${productId}: inventory`, inventory, new Set([Math.max(0, onHand - held)])),
    ...(onHand < 0 ? [`${productId}: ${onHand} units on hand`] : []),
    ...open.flatMap((line) => lineViolations(line, product, isReduced, observed.at)),
  ];
}

/** Violations of a line: at rest its price, hold and availability must equal those of Product. */
function lineViolations(
  { availability, currentPrice, availableQty, qty, hold, heldUntil }: LineBody,
  { productId, price, inventory }: ProductBody,
  isReduced: boolean,
  at: number,
): string[] {
  const overdueMs = heldUntil === undefined ? 0 : at - Date.parse(heldUntil);
  const heldQty = hold === 'held' ? qty : 0;
  const isAvailable = heldQty > 0 || inventory >= qty;
  return [
    ...expectOneOf(`${productId}: the price in a cart`, currentPrice, new Set([price])),
    ...(hold === 'pending' ? [`${productId}: a hold of ${qty} is pending`] : []),
    ...(overdueMs > MAX_OVERDUE_MS
      ? [`${productId}: a hold of ${qty} expired at ${heldUntil} and is still there`]
      : []),
    ...expectOneOf(
      `${productId}: ${hold} in a cart, units available`,
      availableQty,
      new Set([heldQty + inventory]),
    ),
    ...expectOneOf(
      `${productId}: ${hold} in a cart, availability`,
      availability,
      // A line with a reduced quantity stays insufficient until the shopper changes it.
      new Set([isAvailable ? 'available' : 'insufficient', ...(isReduced ? ['insufficient'] : [])]),
    ),
  ];
}

function cartViolations(
  cartId: string,
  entries: readonly CartEntry[],
  carts: readonly CartBody[],
  expected: Quantities,
): string[] {
  const cart = carts.find((candidate) => candidate.cartId === cartId);
  if (!cart) return [`${cartId} is missing`];
  const quantities = new Map(cart.items.map(({ productId, qty }) => [productId, qty]));
  const total = cart.items.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0);
  return [
    ...expectAtLeast(`${cartId}: version`, cart.version, newestVersion(entries)),
    ...expectOneOf(`${cartId}: total`, cart.totalAmount, new Set([total])),
    ...[...expected].flatMap(([productId, possible]) =>
      expectOneOf(`${cartId}: units of ${productId}`, quantities.get(productId) ?? 0, possible),
    ),
    ...[...quantities.keys()]
      .filter((id) => !expected.has(id))
      .map((id) => `${cartId}: ${id} was not added by a client`),
  ];
}

function unitsOf(lines: readonly LineBody[]): number {
  return lines.reduce((sum, { qty }) => sum + qty, 0);
}

function pricesOf(entries: readonly ProductEntry[]): ReadonlySet<number> {
  const steps = entries.flatMap((entry) =>
    entry.op === 'stock' ? [] : [{ outcome: entry.outcome, apply: () => entry.price }],
  );
  return possible(0, steps);
}

function stockOf(entries: readonly ProductEntry[]): ReadonlySet<number> {
  const steps = entries.flatMap((entry) => {
    if (entry.op === 'price') return [];
    const change = entry.op === 'create' ? entry.inventory : entry.delta;
    return [{ outcome: entry.outcome, apply: (stock: number) => stock + change }];
  });
  return possible(0, steps);
}

/** Possible statuses of carts that were merged or checked out. */
function statusesOf(log: readonly Entry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const steps = log.flatMap((entry) => {
    const { outcome } = entry;
    if (entry.op === 'merge') return { cartId: entry.fromCartId, outcome, apply: () => 'merged' };
    return entry.op === 'checkOut' ? { cartId: entry.cartId, outcome, apply: () => 'checkedOut' } : [];
  });
  const byCart = Map.groupBy(steps, ({ cartId }) => cartId);
  return new Map([...byCart].map(([cartId, steps]) => [cartId, possible('open', steps)]));
}

function expectOneOf<T extends number | string>(
  subject: string,
  shown: T,
  expected: ReadonlySet<T>,
): string[] {
  return expected.has(shown)
    ? []
    : [`${subject} is ${shown}, expected ${[...expected].slice(0, 10).join(' or ')}`];
}

function expectAtLeast(subject: string, shown: number, expected: number): string[] {
  return shown >= expected ? [] : [`${subject} is ${shown}, a client received ${expected}`];
}

function isProductEntry(entry: Entry): entry is ProductEntry {
  return entry.op === 'create' || entry.op === 'price' || entry.op === 'stock';
}

function isCartEntry(entry: Entry): entry is CartEntry {
  return !isProductEntry(entry);
}
