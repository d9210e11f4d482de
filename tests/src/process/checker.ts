import type { CartBody, LineBody, ProductBody } from '../support/http.ts';
import { type Entry, newestVersion, possible, possibleFrom } from './record.ts';

/** What the system shows at rest. */
export interface Observed {
  readonly products: readonly ProductBody[];
  readonly carts: readonly CartBody[];
  /** Messages that were given up or parked. */
  readonly deadLetters: number;
}

type EntryOf<O extends Entry['op']> = Extract<Entry, { op: O }>;
type ProductEntry = EntryOf<'create' | 'price' | 'stock'>;
type CartEntry = EntryOf<'open' | 'add' | 'set' | 'merge' | 'checkOut'>;
/** How many units of a product a cart may have, by cart and product. */
type Quantities = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<number>>>;

/**
 * How what a system shows contradicts what its clients were told; nothing where it keeps its promises: acknowledged
 * writes are there, each merge and keyed add once, Cart knows the newest state of each product, stock adds up with what
 * was sold, and no message was given up.
 */
export function faultsOf(log: readonly Entry[], { products, carts, deadLetters }: Observed): string[] {
  const ofProducts = Map.groupBy(log.filter(isOfProduct), ({ productId }) => productId);
  const ofCarts = Map.groupBy(log.filter(isOfCart), ({ cartId }) => cartId);
  const quantities = quantitiesOf(log);
  const statuses = statusesOf(log);
  return [
    ...[...ofProducts].flatMap(([productId, entries]) =>
      faultsOfProduct(productId, entries, products, carts),
    ),
    ...[...ofCarts].flatMap(([cartId, entries]) => faultsOfCart(cartId, entries, carts, quantities)),
    ...carts.flatMap(({ cartId, status }) =>
      expectOneOf(`${cartId}: status`, status, new Set([statuses.get(cartId) ?? 'open'])),
    ),
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
  carts: readonly CartBody[],
): string[] {
  const product = products.find((it) => it.productId === productId);
  const linesOf = (some: readonly CartBody[]) =>
    some.flatMap(({ items }) => items.filter((line) => line.productId === productId));
  const lines = linesOf(carts);
  if (!product) {
    return entries.some(({ outcome }) => outcome.status === 'done') || lines.length > 0
      ? [`${productId} is gone`]
      : [];
  }
  // What is sold stays in its cart, available as it was.
  const held = lines.reduce(
    (sum, { availability, qty }) => sum + (availability === 'available' ? qty : 0),
    0,
  );
  const { price, inventory, version } = product;
  return [
    ...expectAtLeast(`${productId}: version`, version, newestVersion(entries)),
    ...expectOneOf(`${productId}: price`, price, pricesOf(entries)),
    ...expectOneOf(
      `${productId}: inventory ${inventory} and held or sold ${held},`,
      inventory + held,
      stockOf(entries),
    ),
    ...(inventory < 0 ? [`${productId}: inventory ${inventory}`] : []),
    ...linesOf(carts.filter(({ status }) => status === 'open')).flatMap((line) =>
      faultsOfLine(line, product),
    ),
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

function faultsOfCart(
  cartId: string,
  entries: readonly CartEntry[],
  carts: readonly CartBody[],
  quantities: Quantities,
): string[] {
  const cart = carts.find((it) => it.cartId === cartId);
  if (!cart) return [`${cartId} is gone`];
  const expected = quantities.get(cartId) ?? new Map<string, ReadonlySet<number>>();
  const shown = new Map(cart.items.map(({ productId, qty }) => [productId, qty]));
  const total = cart.items.reduce((sum, { qty, priceAtAdd }) => sum + qty * priceAtAdd, 0);
  return [
    ...expectAtLeast(`${cartId}: version`, cart.version, newestVersion(entries)),
    ...expectOneOf(`${cartId}: total`, cart.totalAmount, new Set([total])),
    ...[...expected].flatMap(([productId, possible]) =>
      expectOneOf(`${cartId}: units of ${productId}`, shown.get(productId) ?? 0, possible),
    ),
    ...[...shown.keys()].filter((id) => !expected.has(id)).map((id) => `${cartId}: nobody added ${id}`),
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

function quantitiesOf(log: readonly Entry[]): Quantities {
  const none: ReadonlySet<number> = new Set([0]);
  const carts = new Map<string, Map<string, ReadonlySet<number>>>();
  const linesOf = (cartId: string) => {
    const lines = carts.get(cartId) ?? new Map<string, ReadonlySet<number>>();
    carts.set(cartId, lines);
    return lines;
  };
  for (const entry of log) {
    const { outcome } = entry;
    if (entry.op === 'add' || entry.op === 'set') {
      const { cartId, productId, op, qty } = entry;
      const lines = linesOf(cartId);
      const apply = (before: number) => (op === 'add' ? before + qty : qty);
      lines.set(productId, possibleFrom(lines.get(productId) ?? none, [{ outcome, apply }]));
    } else if (entry.op === 'merge' && outcome.status === 'done') {
      const [target, source] = [linesOf(entry.cartId), linesOf(entry.fromCartId)];
      for (const [productId, moved] of source) {
        target.set(productId, sumsOf(target.get(productId) ?? none, moved));
        source.set(productId, none);
      }
    }
  }
  return carts;
}

function statusesOf(log: readonly Entry[]): ReadonlyMap<string, string> {
  return new Map(
    log.flatMap((entry): [string, string][] => {
      if (entry.outcome.status !== 'done') return [];
      if (entry.op === 'merge') return [[entry.fromCartId, 'merged']];
      return entry.op === 'checkOut' ? [[entry.cartId, 'checkedOut']] : [];
    }),
  );
}

function sumsOf(some: ReadonlySet<number>, others: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...some].flatMap((a) => [...others].map((b) => a + b)));
}

function expectOneOf<T extends number | string>(what: string, shown: T, expected: ReadonlySet<T>): string[] {
  return expected.has(shown)
    ? []
    : [`${what} is ${shown}, expected ${[...expected].slice(0, 10).join(' or ')}`];
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
