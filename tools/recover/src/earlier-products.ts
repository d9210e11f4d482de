import { chunksOf } from '@tandem/cli/batches';
import { contentOf, type Description, live, type StoredProduct } from '@tandem/product/domain/product';
import { descriptionKey, productKey, products } from '@tandem/product/store/entity-types';
import type { Driver } from '@tandem/storage/driver';
import { pkOf } from '@tandem/storage/pk';
import { scanKind } from '@tandem/storage/scan';

export interface EarlierProductsOptions {
  /** Table that was restored under another name. */
  readonly driver: Pick<Driver, 'read' | 'scan'>;
  /** Default: all products. */
  readonly ids?: readonly string[] | undefined;
  readonly segments: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called for each of `ids` that the table does not have, or has as deleted. */
  readonly onMissing: (productId: string) => void;
}

const PAGE = 50;

/** Yields the content of products in a copy of the table, as lines of an import. It has no stock. */
export async function* earlierProducts(options: EarlierProductsOptions): AsyncGenerator<object> {
  const { driver, ids, onMissing } = options;
  for await (const page of ids ? chunksOf([...new Set(ids)], PAGE) : allIds(options)) {
    const pks = page.flatMap((id) => [pkOf(productKey(id)), pkOf(descriptionKey(id))]);
    const rows = await driver.read(pks, { consistent: true });
    const stateOf = new Map(rows.map(({ pk, state }) => [pk, state as unknown]));
    for (const productId of page) {
      const product = live(stateOf.get(pkOf(productKey(productId))) as StoredProduct | undefined);
      const description = stateOf.get(pkOf(descriptionKey(productId))) as Description | undefined;
      if (product) yield { productId, ...contentOf(product, description) };
      else if (ids) onMissing(productId);
    }
  }
}

async function* allIds({ driver, segments, now }: EarlierProductsOptions): AsyncGenerator<string[]> {
  for await (const { items } of scanKind(driver, products, { segments, pageSize: PAGE, now }))
    yield items.map(({ id }) => id);
}
