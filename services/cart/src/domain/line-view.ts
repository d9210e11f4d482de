import { type Catalog, type CatalogEntry, type CatalogProduct, live } from './catalog.ts';
import { attainableQty, type Hold, holdOf, type Line } from './line.ts';

/** Whether a line can be checked out: it can, there is too little stock, or the product was deleted. */
export type Availability = 'available' | 'insufficient' | 'unavailable';

/** A line with the current state of its product. */
export interface LineView {
  readonly productId: string;
  readonly name: string;
  readonly qty: number;
  readonly priceAtAdd: number;
  readonly currentPrice: number;
  /** The currency of `currentPrice`, where it differs from the cart's. */
  readonly currentCurrency?: string;
  readonly priceChanged: boolean;
  readonly availability: Availability;
  /** The largest quantity that the line could have. */
  readonly availableQty: number;
  readonly hold: Hold;
  /** When the hold expires; absent where it does not. */
  readonly heldUntil?: string;
}

/** A line of an open cart in the cart's currency. */
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

/** A line of an order: as it was checked out, whatever the catalog says since. Its units are sold, no longer held. */
export function orderedLine({ productId, name, qty, priceAtAdd }: Line): LineView {
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
  return entry !== undefined && !product ? 0 : attainableQty(line, product);
}

function availabilityOf(line: Line, entry: CatalogEntry | undefined, isSynchronised: boolean): Availability {
  const product = live(entry);
  if (entry && !product) return 'unavailable';
  if (line.shortage) return 'insufficient';
  if (holdOf(line, entry) !== 'none') return 'available';
  // A product that has not arrived in the read model yet is not missing.
  const isEnough = product ? attainableQty(line, product) >= line.qty : !isSynchronised;
  return isEnough ? 'available' : 'insufficient';
}
