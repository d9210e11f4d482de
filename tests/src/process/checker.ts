import type { CartBody, LineBody, ProductBody } from '../support/http.ts';
import { type Entry, newestVersion, possible } from './record.ts';

/** What the system shows at rest. */
export interface Observed {
  readonly products: readonly ProductBody[];
  readonly carts: readonly CartBody[];
  /** Messages that were given up or parked. */
  readonly deadLetters: number;
}

type EntryOf<O extends Entry['op']> = Extract<Entry, { op: O }>;
type ProductEntry = EntryOf<'create' | 'price' | 'stock'>;
type CartEntry = EntryOf<'open' | 'add' | 'set'>;

/**
 * How what a system shows contradicts what its clients were told; nothing where it keeps its promises: acknowledged
 * writes are there, Cart knows the newest state of each product, stock adds up, and no message was given up.
 */
export function faultsOf(log: readonly Entry[], { products, carts, deadLetters }: Observed): string[] {
  const ofProducts = Map.groupBy(log.filter(isOfProduct), ({ productId }) => productId);
  const ofCarts = Map.groupBy(log.filter(isOfCart), ({ cartId }) => cartId);
  const lines = carts.flatMap(({ items }) => items);
  return [
    ...[...ofProducts].flatMap(([productId, entries]) =>
      faultsOfProduct(productId, entries, products, lines),
    ),
    ...[...ofCarts].flatMap(([cartId, entries]) => faultsOfCart(cartId, entries, carts)),
    ...products
      .filter(({ productId }) => !ofProducts.has(productId))
      .map((it) => `nobody created ${it.productId}`),
    ...(deadLetters === 0 ? [] : [`${deadLetters} messages were given up or parked`]),
  ];
}

function faultsOfProduct(
  productId: string,
  entries: readonly ProductEntry[],
  products: readonly ProductBody[],
  allLines: readonly LineBody[],
): string[] {
  const product = products.find((it) => it.productId === productId);
  const lines = allLines.filter((line) => line.productId === productId);
  if (!product) {
    return entries.some(({ outcome }) => outcome.status === 'done') || lines.length > 0
      ? [`${productId} is gone`]
      : [];
  }
  const held = lines.reduce(
    (sum, { availability, qty }) => sum + (availability === 'available' ? qty : 0),
    0,
  );
  const { price, inventory, version } = product;
  return [
    ...expectAtLeast(`${productId}: version`, version, newestVersion(entries)),
    ...expectOneOf(`${productId}: price`, price, pricesOf(entries)),
    ...expectOneOf(
      `${productId}: inventory ${inventory} and held ${held},`,
      inventory + held,
      stockOf(entries),
    ),
    ...(inventory < 0 ? [`${productId}: inventory ${inventory}`] : []),
    ...lines.flatMap((line) => faultsOfLine(line, product)),
  ];
}

/** At rest a cart shows exactly what Product says: every line's price, and how many units it could have. */
function faultsOfLine(line: LineBody, { productId, price, inventory }: ProductBody): string[] {
  const { availability, currentPrice, availableQty, qty } = line;
  const attainable = availability === 'available' ? inventory + qty : inventory;
  return [
    ...(availability === 'unavailable' ? [`${productId}: unavailable in a cart`] : []),
    ...expectOneOf(`${productId}: the price in a cart`, currentPrice, new Set([price])),
    ...expectOneOf(`${productId}: ${availability} in a cart`, availableQty, new Set([attainable])),
  ];
}

function faultsOfCart(cartId: string, entries: readonly CartEntry[], carts: readonly CartBody[]): string[] {
  const cart = carts.find((it) => it.cartId === cartId);
  if (!cart) return [`${cartId} is gone`];
  const ofLines = Map.groupBy(
    entries.filter((entry) => entry.op !== 'open'),
    ({ productId }) => productId,
  );
  const shown = new Map(cart.items.map(({ productId, qty }) => [productId, qty]));
  return [
    ...expectAtLeast(`${cartId}: version`, cart.version, newestVersion(entries)),
    ...[...ofLines].flatMap(([productId, changes]) =>
      expectOneOf(`${cartId}: units of ${productId}`, shown.get(productId) ?? 0, quantitiesOf(changes)),
    ),
    ...[...shown.keys()].filter((id) => !ofLines.has(id)).map((id) => `${cartId}: nobody added ${id}`),
  ];
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

function quantitiesOf(changes: readonly EntryOf<'add' | 'set'>[]): ReadonlySet<number> {
  return possible(
    0,
    changes.map(({ op, qty, outcome }) => ({
      outcome,
      apply: (quantity: number) => (op === 'add' ? quantity + qty : qty),
    })),
  );
}

function expectOneOf(what: string, shown: number, expected: ReadonlySet<number>): string[] {
  return expected.has(shown) ? [] : [`${what} is ${shown}, expected ${[...expected].join(' or ')}`];
}

function expectAtLeast(what: string, shown: number, expected: number): string[] {
  return shown >= expected ? [] : [`${what} is ${shown}, a client was told ${expected}`];
}

function isOfProduct(entry: Entry): entry is ProductEntry {
  return entry.op === 'create' || entry.op === 'price' || entry.op === 'stock';
}

function isOfCart(entry: Entry): entry is CartEntry {
  return !isOfProduct(entry);
}
