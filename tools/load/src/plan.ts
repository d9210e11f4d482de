import { seeded } from './arrivals.ts';
import type { Operation } from './mix.ts';
import { operations, type Rates, totalOf } from './rates.ts';

/** A cart created before the run. */
export interface PreparedCart {
  readonly cartId: string;
  /** Token of its user; undefined for a guest's cart. */
  readonly token?: string;
  readonly lines: Readonly<Record<string, number>>;
}

/** Data created before the run, so that each request is valid. */
export interface Prepared {
  /** Unique id of the run, for ids and idempotency keys. */
  readonly runId: string;
  /** Token that may change the catalog. */
  readonly catalogToken: string;
  readonly userTokens: readonly string[];
  /** Products whose price does not change. */
  readonly steady: readonly string[];
  /** Products whose price and stock change. */
  readonly changing: readonly string[];
  readonly carts: {
    readonly browsed: readonly PreparedCart[];
    /** Carts with confirmed lines of steady products, for checkouts. */
    readonly bought: readonly PreparedCart[];
    /** Pairs of target and source carts, for merges. */
    readonly merged: readonly (readonly [PreparedCart, PreparedCart])[];
    /** Carts of one line whose price has changed since. */
    readonly repriced: readonly PreparedCart[];
  };
}

export interface PlannedRequest {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly token?: string;
  readonly idempotencyKey?: string;
  /** The product that is read; the ETag of its response is stored, and sent if `isConditional`. */
  readonly productId?: string;
  readonly isConditional?: boolean;
}

/** Maximum lines of a cart; at the rates of the mix most have two. */
const MAX_LINES = 5;
/** Number of recent reads from which conditional reads are chosen. */
const RECENT_READS = 200;
/** Share of opened carts that belong to users; the others are guests'. */
const USER_SHARE = 0.25;
/** Maximum quantity of an addition. */
const MAX_QTY = 3;

/**
 * Endless sequence of requests in the proportions of `rates`, deterministic by seed. Assumption on popularity: a product at
 * rank r of N is chosen in proportion to 1/√(r/N), so that the first tenth gets a third of all reads.
 */
export function createPlan(prepared: Prepared, rates: Rates, seed: number): () => PlannedRequest {
  const { runId, catalogToken, userTokens, steady, changing, carts } = prepared;
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const newPrice = () => 100 + below(9_900);
  const chooseOperation = createChoice(rates, random);
  const catalog = [...steady, ...changing];
  const popular = (from: readonly string[]) => from[Math.floor(random() ** 2 * from.length)] as string;
  const browsed = carts.browsed.map((cart) => ({ ...cart, lines: new Map(Object.entries(cart.lines)) }));
  const recent: string[] = [];
  const used = { bought: 0, merged: 0, repriced: 0 };
  let [count, reads] = [0, 0];

  const read = (productId: string) => ({ method: 'GET', path: `/products/${productId}`, productId }) as const;
  const change = (method: 'PATCH' | 'POST' | 'PUT', path: string, body: object) =>
    ({ method, path: `/products/${path}`, body: JSON.stringify(body), token: catalogToken }) as const;
  const ofCart = <M extends PlannedRequest['method']>(
    method: M,
    { cartId, token }: Pick<PreparedCart, 'cartId' | 'token'>,
    path = '',
    body?: object,
  ) => ({
    method,
    path: `/carts/${cartId}${path}`,
    ...(body && { body: JSON.stringify(body) }),
    ...(token !== undefined && { token }),
  });
  /** Next item of a pool of single-use items; starts over if there are too few. */
  const next = <T>(pool: readonly T[], name: keyof typeof used): T => pool[used[name]++ % pool.length] as T;
  const cartWith = (isFit: (lines: number) => boolean) =>
    pick(browsed.filter(({ lines }) => isFit(lines.size))) ?? pick(browsed);

  const requests: Readonly<Record<Operation, () => Omit<PlannedRequest, 'operation'>>> = {
    'read a product': () => {
      const productId = popular(catalog);
      recent[reads++ % RECENT_READS] = productId;
      return read(productId);
    },
    'read a product again': () => ({ ...read(pick(recent) ?? popular(catalog)), isConditional: true }),
    'list products': () => ({ method: 'GET', path: `/products?category=c${below(10)}` }),
    'change a price': () => change('PATCH', pick(changing), { price: newPrice() }),
    'move stock': () => change('POST', `${pick(changing)}/stock`, { delta: random() < 0.5 ? 1 : -1 }),
    'put a product': () => {
      const productId = pick(changing);
      return change('PUT', productId, productOf(productId, newPrice()));
    },
    'read a cart': () => ofCart('GET', pick(browsed)),
    'open a cart': () => {
      const token = random() < USER_SHARE ? pick(userTokens) : undefined;
      return { method: 'POST', path: '/carts', ...(token !== undefined && { token }) };
    },
    'add a line': () => {
      const cart = cartWith((lines) => lines < MAX_LINES);
      const productId = popular(catalog);
      const qty = 1 + below(MAX_QTY);
      cart.lines.set(productId, (cart.lines.get(productId) ?? 0) + qty);
      return ofCart('POST', cart, '/items', { productId, qty });
    },
    'set a quantity': () => {
      const cart = cartWith((lines) => lines > 0);
      const productId = pick([...cart.lines.keys()]) ?? popular(catalog);
      const qty = 1 + ((cart.lines.get(productId) ?? 0) % MAX_QTY);
      cart.lines.set(productId, qty);
      return ofCart('PUT', cart, `/items/${productId}`, { qty });
    },
    'remove a line': () => {
      const cart = cartWith((lines) => lines > 1);
      const productId = pick([...cart.lines.keys()]) ?? popular(catalog);
      cart.lines.delete(productId);
      return ofCart('DELETE', cart, `/items/${productId}`);
    },
    'check out': () => ({
      ...ofCart('POST', next(carts.bought, 'bought'), '/checkout'),
      idempotencyKey: `${runId}-${count}`,
    }),
    'merge carts': () => {
      const [target, source] = next(carts.merged, 'merged');
      return ofCart('POST', target, '/merge', { fromCartId: source.cartId });
    },
    'accept a price': () => {
      const cart = next(carts.repriced, 'repriced');
      return ofCart('POST', cart, `/items/${Object.keys(cart.lines)[0]}/accept-price`);
    },
  };

  return () => {
    const operation = chooseOperation();
    count += 1;
    return { operation, ...requests[operation]() };
  };
}

/** Chooses operations in proportion to their rates. */
function createChoice(rates: Rates, random: () => number): () => Operation {
  const total = totalOf(rates);
  const last = operations.findLast((operation) => rates[operation] > 0) ?? 'read a product';
  return () => {
    let left = random() * total;
    return operations.find((operation) => (left -= rates[operation]) < 0) ?? last;
  };
}

/** Product body of about 300 bytes, in one of ten categories. */
export function productOf(productId: string, price: number) {
  const number = Number(/\d+$/.exec(productId)?.[0] ?? 0);
  return {
    name: `Thing ${number}`,
    description: 'A thing of the load test, described as shortly as shops describe theirs in a list.',
    category: `c${number % 10}`,
    imageUrl: `https://images.example.com/things/${number}.webp`,
    price,
    currency: 'EUR',
    inventory: 1_000_000,
  };
}
