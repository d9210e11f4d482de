import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import type { Sale } from '@tandem/import/catalog';
import { createApi, type Api, type ReplayedCart, type ReplayedStock } from './api.ts';
import { planCarts } from './carts.ts';

/** How a replay runs. */
export interface ReplayOptions {
  /** Invoices in flight; 8 unless given. */
  readonly concurrency?: number;
  /** How long stock may take to agree with the carts once they are filled; 30 000 unless given. */
  readonly settleMs?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** Invoices put into carts, then products whose stock agrees with the carts. */
export interface ReplayProgress {
  readonly phase: 'invoices' | 'products';
  readonly done: number;
  readonly total: number;
}

/** What a replay did. `lines` and `units` count what the system accepted. */
export interface ReplayReport {
  readonly invoices: number;
  readonly carts: number;
  readonly lines: number;
  readonly units: number;
  /** How often each status answered a POST, repeats included. */
  readonly answers: ReadonlyMap<number, number>;
  /** From the first cart to the last add. */
  readonly fillMs: number;
  /** From the last add until stock agreed, or the wait was given up. */
  readonly settleMs: number;
  /** Products that were checked. */
  readonly products: number;
  /** Products that the system does not have; their rows were left out. */
  readonly missing: readonly string[];
  /** The products whose stock does not add up: see {@link replay}. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly productId: string;
  readonly before: ReplayedStock;
  /** undefined when the product is gone. */
  readonly now: ReplayedStock | undefined;
  /** Units that the replayed carts hold. */
  readonly heldByCarts: number;
  /** Units that they have requested and that Product has not confirmed. */
  readonly pending: number;
}

const pollMs = 200;

/**
 * Replays sales as guests' carts through the public API at `url` and waits until, for every product, the units on hand
 * are as before, and the units held have grown by what these carts hold. Nobody else may change these products' stock
 * meanwhile. Rejects with a DomainError when nothing answers at `url`, the system has none of the products or gives no carts.
 */
export async function replay(
  url: string,
  sales: readonly Sale[],
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const { concurrency = 8, settleMs = 30_000, onProgress = () => {} } = options;
  const answers = new Map<number, number>();
  const api = createApi(url, (status) => answers.set(status, (answers.get(status) ?? 0) + 1));

  const productIds = [...new Set(sales.map(({ productId }) => productId))];
  const before = await api.readStock(productIds);
  if (before.size === 0) {
    throw new DomainError('notFound', 'no-products', `${url} has none of these products – import them first`);
  }
  const invoices = planCarts(sales.filter(({ productId }) => before.has(productId)));

  const start = performance.now();
  const cartIds: string[] = [];
  let [done, lines, units] = [0, 0, 0];
  await inParallel([...invoices.values()], concurrency, async (carts) => {
    for (const adds of carts) {
      const { cartId } = await api.openCart();
      cartIds.push(cartId);
      for (const { productId, qty } of adds) {
        if ((await api.add(cartId, productId, qty)) !== 200) continue;
        lines += 1;
        units += qty;
      }
    }
    done += 1;
    onProgress({ phase: 'invoices', done, total: invoices.size });
  });

  const filled = performance.now();
  const differences = await settle(api, before, cartIds, { concurrency, settleMs, onProgress });
  return {
    invoices: invoices.size,
    carts: cartIds.length,
    lines,
    units,
    answers,
    fillMs: filled - start,
    settleMs: performance.now() - filled,
    products: before.size,
    missing: productIds.filter((productId) => !before.has(productId)),
    differences,
  };
}

/** Polls until nothing differs. A product that agreed stays so: no hold of these carts is pending then. */
async function settle(
  api: Api,
  before: ReadonlyMap<string, ReplayedStock>,
  cartIds: readonly string[],
  { concurrency, settleMs, onProgress }: Required<ReplayOptions>,
): Promise<readonly Difference[]> {
  const deadline = performance.now() + settleMs;
  const carts = new Map<string, ReplayedCart>();
  let open: ReadonlySet<string> = new Set(before.keys());
  for (;;) {
    const concerned = cartIds.filter((cartId) => {
      const cart = carts.get(cartId);
      return cart === undefined || cart.items.some(({ productId }) => open.has(productId));
    });
    await inParallel(concerned, concurrency, async (cartId) => {
      carts.set(cartId, await api.readCart(cartId));
    });
    const units = { held: unitsWith('held', carts.values()), pending: unitsWith('pending', carts.values()) };
    const stock = await api.readStock([...open]);
    const differences = [...open]
      .map((productId) => ({
        productId,
        before: before.get(productId) ?? { onHand: 0, held: 0 },
        now: stock.get(productId),
        heldByCarts: units.held.get(productId) ?? 0,
        pending: units.pending.get(productId) ?? 0,
      }))
      .filter((difference) => !addsUp(difference));
    onProgress({ phase: 'products', done: before.size - differences.length, total: before.size });
    if (differences.length === 0 || performance.now() > deadline) return differences;
    open = new Set(differences.map(({ productId }) => productId));
    await delay(pollMs);
  }
}

function addsUp({ before, now, heldByCarts, pending }: Difference): boolean {
  return now?.onHand === before.onHand && now.held === before.held + heldByCarts && pending === 0;
}

/** Units of the lines whose hold is in this state, by product. */
function unitsWith(
  state: ReplayedCart['items'][number]['hold'],
  carts: Iterable<ReplayedCart>,
): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { items } of carts) {
    for (const { productId, qty, hold } of items) {
      if (hold === state) units.set(productId, (units.get(productId) ?? 0) + qty);
    }
  }
  return units;
}

/** Works on so many items at a time; when one fails, no further one is begun. */
async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of waiting) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
