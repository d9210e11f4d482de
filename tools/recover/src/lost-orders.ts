import type { Cart } from '@tandem/cart/domain/cart';
import { live as liveEntry, type CatalogEntry } from '@tandem/cart/domain/catalog';
import { type Line, lineOf } from '@tandem/cart/domain/line';
import { cartKey, catalogKey } from '@tandem/cart/store/entity-types';
import type { Reservation } from '@tandem/product/domain/reservation';
import { reservations } from '@tandem/product/store/entity-types';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import { partsOf, pkOf } from '@tandem/storage/pk';
import { scanKind } from '@tandem/storage/scan';

export interface LostOrdersOptions {
  readonly products: Pick<Driver, 'scan'>;
  readonly carts: Driver;
  readonly segments: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Stores the orders; default: only finds them. */
  readonly isWriting: boolean;
  readonly onProgress?: (reservations: number) => void;
}

/** An order that Product sold and that a restored table of Cart does not have. */
export interface LostOrder {
  readonly cartId: string;
  /** Null for a guest, and where the cart was created after the backup. */
  readonly userId: string | null;
  readonly holder: Reservation['holder'];
  readonly soldAt: string;
  /** `found` without writing, else `written` or, if the versions of the table were raised before, `left`. */
  readonly outcome: 'found' | 'written' | 'left';
  /** Whether each price is that of the restored cart; others are current ones. */
  readonly arePricesKnown: boolean;
  readonly currency: string | null;
  readonly lines: readonly Pick<Line, 'productId' | 'qty' | 'priceAtAdd'>[];
}

/** Sales of one cart. */
interface Sale {
  readonly cartId: string;
  readonly reservations: Reservation[];
}

const PAGE = 200;

/**
 * Yields the orders that Product has sold and Cart does not have, of the last 30 days: after a restore of the carts table they
 * are open carts or missing, and their shoppers might pay twice. Stores them as orders at the version of their sale; so it must
 * precede the raise of versions. Memory grows with the number of lost orders only. Publishes nothing.
 */
export async function* lostOrders(options: LostOrdersOptions): AsyncGenerator<LostOrder> {
  const { carts, now, isWriting } = options;
  const table = createTable(carts, { now });
  for (const { cartId, reservations: sold } of await lostSales(options)) {
    const [first] = sold;
    if (!first) continue;
    const catalog = await statesOf<CatalogEntry>(
      carts,
      sold.map(({ productId }) => pkOf(catalogKey(productId))),
    );
    const orderOf = (cart: Cart | undefined) => restoredOrder(cart, sold, catalog);
    const found = orderOf(await table.get(cartKey(cartId)));
    let outcome: LostOrder['outcome'] = 'found';
    if (isWriting) {
      const { state } = await table.update(cartKey(cartId), (cart) => {
        const { order } = orderOf(cart);
        const isLost = cart === undefined || (cart.status === 'open' && cart.version < order.version);
        return { state: isLost ? order : cart, events: [] };
      });
      outcome = state?.status === 'checkedOut' ? 'written' : 'left';
    }
    const { userId, currency, lines, updatedAt: soldAt } = found.order;
    const shown = lines.map(({ productId, qty, priceAtAdd }) => ({ productId, qty, priceAtAdd }));
    const { arePricesKnown } = found;
    yield { cartId, userId, holder: first.holder, soldAt, outcome, arePricesKnown, currency, lines: shown };
  }
}

/** The sales whose carts are no orders. */
async function lostSales(options: LostOrdersOptions): Promise<Iterable<Sale>> {
  const { products, carts, segments, now, onProgress = () => undefined } = options;
  const sales = new Map<string, Sale>();
  let scanned = 0;
  for await (const { items } of scanKind(products, reservations, { segments, pageSize: PAGE, now })) {
    const sold = items.map(({ state }) => state).filter(({ outcome }) => outcome === 'sold');
    const stored = await statesOf<Cart>(
      carts,
      sold.map(({ cartId }) => pkOf(cartKey(cartId))),
    );
    for (const reservation of sold) {
      const { cartId } = reservation;
      if (stored.get(cartId)?.status === 'checkedOut') continue;
      const sale = sales.get(cartId) ?? { cartId, reservations: [] };
      sale.reservations.push(reservation);
      sales.set(cartId, sale);
    }
    onProgress((scanned += items.length));
  }
  return sales.values();
}

/** The order of a sale, with the quantities that Product sold. Prices are those of the cart, or else current ones. */
function restoredOrder(
  cart: Cart | undefined,
  sold: readonly Reservation[],
  catalog: ReadonlyMap<string, CatalogEntry>,
): { readonly order: Cart; readonly arePricesKnown: boolean } {
  const version = Math.max(...sold.map(({ cartVersion }) => cartVersion));
  const soldAt = sold.map(({ updatedAt }) => updatedAt).toSorted()[0] ?? '';
  const entries = sold.map(({ productId, requestedQty }) => ({
    productId,
    requestedQty,
    line: lineOf(cart?.lines ?? [], productId),
    entry: liveEntry(catalog.get(productId)),
  }));
  const lines = entries.map(({ productId, requestedQty: qty, line, entry }): Line => ({
    productId,
    name: line?.name ?? entry?.name ?? productId,
    qty,
    priceAtAdd: line?.priceAtAdd ?? entry?.price ?? 0,
    requestedAt: version,
    heldQty: 0,
    response: { cartVersion: version },
  }));
  const currency = cart?.currency ?? entries.find(({ entry }) => entry)?.entry?.currency ?? null;
  const { cartId = '' } = sold[0] ?? {};
  const order: Cart = {
    cartId,
    userId: cart?.userId ?? null,
    status: 'checkedOut',
    currency,
    lines,
    version,
    updatedAt: soldAt,
    checkedOutAt: soldAt,
  };
  return { order, arePricesKnown: entries.every(({ line }) => line !== undefined) };
}

/** States by the ids of their items. */
async function statesOf<S>(
  driver: Pick<Driver, 'read'>,
  pks: readonly string[],
): Promise<ReadonlyMap<string, S>> {
  const rows = pks.length === 0 ? [] : await driver.read([...new Set(pks)], { consistent: true });
  return new Map(rows.map(({ pk, state }) => [partsOf(pk).key, state as S]));
}
