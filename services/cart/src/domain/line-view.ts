import { type Catalog, type CatalogEntry, type CatalogProduct, live } from './catalog.ts';
import { maxQuantity, type Hold, holdOf, type Line } from './line.ts';

/** Availability of a line: `insufficient` stock, or `unavailable` because the product was deleted. */
export type Availability = 'available' | 'insufficient' | 'unavailable';

/** A line with the current state of its product. */
export interface LineView {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  readonly currentPrice: number;
  /** The currency of `currentPrice`, if it differs from the cart's. */
  readonly currentCurrency?: string;
  readonly priceChanged: boolean;
  readonly availability: Availability;
  /** The largest possible quantity of the line. */
  readonly availableQty: number;
  readonly hold: Hold;
  /** Time at which the hold expires; absent if it does not. */
  readonly heldUntil?: string;
}

/** The view of a line of an open cart. */
export function viewOfLine(line: Line, currency: string | null, catalog: Catalog): LineView {
  const { productId, name, qty, priceAtAdd, heldUntil } = line;
  const entry = catalog.entries.get(productId);
  const product = live(entry);
  const currentPrice = product?.price ?? priceAtAdd;
  const currentCurrency = product && product.currency !== currency ? product.currency : undefined;
  const hold = holdOf(line, entry);
  return {
    productId,
    name: product?.name ?? name,
    qty,
    priceAtAdd,
    currentPrice,
    ...(currentCurrency === undefined ? {} : { currentCurrency }),
    priceChanged: currentPrice !== priceAtAdd || currentCurrency !== undefined,
    availability: availabilityOf(line, entry, catalog.isSynchronised),
    availableQty: availableQtyOf(line, entry, product),
    hold,
    ...(hold === 'held' && heldUntil !== undefined ? { heldUntil } : {}),
  };
}

/** The view of an order's line, as it was checked out: it does not depend on the catalog. Its units are sold, not held. */
export function orderLineView({ productId, name, qty, priceAtAdd }: Line): LineView {
  return {
    productId,
    name,
    qty,
    priceAtAdd,
    currentPrice: priceAtAdd,
    priceChanged: false,
    availability: 'available',
    availableQty: qty,
    hold: 'none',
  };
}

function availableQtyOf(
  line: Line,
  entry: CatalogEntry | undefined,
  product: CatalogProduct | undefined,
): number {
  return entry !== undefined && !product ? 0 : maxQuantity(line, product);
}

function availabilityOf(line: Line, entry: CatalogEntry | undefined, isSynchronised: boolean): Availability {
  const product = live(entry);
  if (entry && !product) return 'unavailable';
  if (line.shortage) return 'insufficient';
  if (holdOf(line, entry) !== 'none') return 'available';
  // While the read model is incomplete, an unknown product counts as available.
  const isEnough = product ? maxQuantity(line, product) >= line.qty : !isSynchronised;
  return isEnough ? 'available' : 'insufficient';
}
