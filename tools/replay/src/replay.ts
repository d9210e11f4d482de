import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { inParallel } from '@tandem/cli/batches';
import type { Sale } from '@tandem/import/catalog';
import { createApi, type Api, type ReplayedCart, type ReplayedStock } from './api.ts';
import { planCarts } from './carts.ts';

/** Options of a replay. */
export interface ReplayOptions {
  /** Number of invoices in flight; default: 8. */
  readonly concurrency?: number;
  /** Deadline for the stock to become consistent after the last add; default: 30 000. */
  readonly settleMs?: number;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** Progress of a replay: first the replayed invoices, then the products with consistent stock. */
export interface ReplayProgress {
  readonly phase: 'invoices' | 'products';
  readonly done: number;
  readonly total: number;
}

/** Result of a replay. `lines` and `units` count accepted adds. */
export interface ReplayReport {
  readonly invoices: number;
  readonly carts: number;
  readonly lines: number;
  readonly units: number;
  /** Number of responses to POSTs by status, including retries. */
  readonly responses: ReadonlyMap<number, number>;
  /** Time from the first cart to the last add. */
  readonly fillMs: number;
  /** Time from the last add until the stock was consistent, or until the deadline. */
  readonly settleMs: number;
  /** Number of checked products. */
  readonly products: number;
  /** Products that the system does not have; their rows were skipped. */
  readonly missing: readonly string[];
  /** Products with inconsistent stock: see {@link replay}. */
  readonly differences: readonly Difference[];
}

/** Product with inconsistent stock. */
export interface Difference {
  readonly productId: string;
  readonly before: ReplayedStock;
  /** Undefined where the product was deleted. */
  readonly now: ReplayedStock | undefined;
  /** Units that the replayed carts hold. */
  readonly heldByCarts: number;
  /** Units that the carts requested and Product has not confirmed. */
  readonly pending: number;
}

const pollMs = 200;

/**
 * Replays sales as guest carts through the public API at `url`, and waits until the stock of each product is consistent: the
 * units on hand are unchanged, and the units held have grown by the units that these carts hold. No other client may change
 * the stock meanwhile. Rejects with a DomainError when the system is unreachable, has none of the products or opens no carts.
 */
export async function replay(
  url: string,
  sales: readonly Sale[],
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const { concurrency = 8, settleMs = 30_000, onProgress = () => {} } = options;
  const responses = new Map<number, number>();
  const api = createApi(url, (status) => responses.set(status, (responses.get(status) ?? 0) + 1));

  const productIds = [...new Set(sales.map(({ productId }) => productId))];
  const before = await api.readStock(productIds);
  if (before.size === 0) {
    throw new DomainError('notFound', 'no-products', `${url} has none of these products: import them first`);
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

  const filledAt = performance.now();
  const differences = await settle(api, before, cartIds, { concurrency, settleMs, onProgress });
  return {
    invoices: invoices.size,
    carts: cartIds.length,
    lines,
    units,
    responses,
    fillMs: filledAt - start,
    settleMs: performance.now() - filledAt,
    products: before.size,
    missing: productIds.filter((productId) => !before.has(productId)),
    differences,
  };
}

/** Polls until no product differs. A consistent product stays consistent, because no hold of these carts is pending then. */
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
    const toRead = cartIds.filter((cartId) => {
      const cart = carts.get(cartId);
      return cart === undefined || cart.items.some(({ productId }) => open.has(productId));
    });
    await inParallel(toRead, concurrency, async (cartId) => {
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
      .filter((difference) => !isConsistent(difference));
    onProgress({ phase: 'products', done: before.size - differences.length, total: before.size });
    if (differences.length === 0 || performance.now() > deadline) return differences;
    open = new Set(differences.map(({ productId }) => productId));
    await delay(pollMs);
  }
}

function isConsistent({ before, now, heldByCarts, pending }: Difference): boolean {
  return now?.onHand === before.onHand && now.held === before.held + heldByCarts && pending === 0;
}

/** Units of the lines with this hold state, by product. */
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
