import type { Cart } from '@tandem/cart/domain/cart';
import { live as liveEntry, type CatalogProduct } from '@tandem/cart/domain/catalog';
import { carts, catalog } from '@tandem/cart/store/entity-types';
import { live, type StoredProduct } from '@tandem/product/domain/product';
import { productKey } from '@tandem/product/store/entity-types';
import type { Driver } from '@tandem/storage/driver';
import { partsOf, pkOf } from '@tandem/storage/pk';
import { scanKind } from '@tandem/storage/scan';

/** Content that Cart knows of a product, as a line of an import. */
export type ImportLine = { readonly productId: string } & Partial<
  Pick<CatalogProduct, 'name' | 'price' | 'currency' | 'maxPerCart' | 'inventory'>
>;

export interface LostProductsOptions {
  readonly products: Pick<Driver, 'read'>;
  readonly carts: Pick<Driver, 'scan'>;
  readonly segments: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onProgress?: (entries: number) => void;
  /** Called for each product that Cart knows as deleted and Product has. */
  readonly onDeleted: (productId: string) => void;
}

const PAGE = 200;
/** Fields that Cart's read model has of a product's content. */
const FIELDS = ['name', 'price', 'currency', 'maxPerCart'] as const;

/**
 * Yields the changes of products that Cart's read model has and a restored table of Product has not: changed fields, and whole
 * products. Only what Cart knows of a later time than that of the stored product is lost: Cart may also be behind. While Product
 * runs, its events overwrite what Cart knows: its tasks must be stopped. The first count of a missing product includes the units of its holds and orders, which an audit requests and sells
 * again. Memory grows with the number of missing products only.
 */
export async function* lostProducts(options: LostProductsOptions): AsyncGenerator<ImportLine> {
  const { segments, now, onDeleted, onProgress = () => undefined } = options;
  const scan = { segments, pageSize: PAGE, now };
  const missing = new Map<string, CatalogProduct>();
  let entries = 0;
  for await (const { items } of scanKind(options.carts, catalog, scan)) {
    const stored = await storedProducts(
      options.products,
      items.map(({ id }) => id),
    );
    for (const { id, state } of items) {
      const entry = liveEntry(state);
      const current = stored.get(id);
      const product = live(current);
      if (!entry) {
        if (product) onDeleted(id);
      } else if (current && Date.parse(entry.updatedAt) <= Date.parse(current.updatedAt)) continue;
      else if (!product) missing.set(id, entry);
      else {
        const changed = FIELDS.filter(
          (field) => entry[field] !== undefined && entry[field] !== product[field],
        );
        if (changed.length > 0)
          yield { productId: id, ...Object.fromEntries(changed.map((field) => [field, entry[field]])) };
      }
    }
    onProgress((entries += items.length));
  }
  if (missing.size === 0) return;

  const units = new Map<string, number>();
  for await (const { items } of scanKind(options.carts, carts, scan)) {
    for (const { state } of items)
      for (const [productId, qty] of unitsOf(state))
        if (missing.has(productId)) units.set(productId, (units.get(productId) ?? 0) + qty);
    onProgress((entries += items.length));
  }
  for (const [productId, { name, price, currency, maxPerCart, inventory }] of missing) {
    const limit = maxPerCart === undefined ? {} : { maxPerCart };
    const stock = { inventory: inventory + (units.get(productId) ?? 0) };
    yield { productId, name, price, currency, ...limit, ...stock };
  }
}

async function storedProducts(
  products: Pick<Driver, 'read'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredProduct>> {
  const rows = await products.read(
    ids.map((id) => pkOf(productKey(id))),
    { consistent: true },
  );
  return new Map(rows.map(({ pk, state }) => [partsOf(pk).key, state as StoredProduct]));
}

/** Units of each product that a cart holds, or that an order sold. */
function unitsOf({ status, lines }: Cart): (readonly [string, number])[] {
  if (status === 'checkedOut') return lines.map(({ productId, qty }) => [productId, qty]);
  return status === 'open' ? lines.map(({ productId, heldQty }) => [productId, heldQty]) : [];
}
