import { DomainError } from '@tandem/chassis/errors';
import { isSameContent, applyPatch, type ProductContent } from './content.ts';
import { createProduct, patchProduct } from './edit-product.ts';
import { contentOf, type CurrentProduct, live, type ProductDecision, withStock } from './product.ts';
import { changeStock } from './stock.ts';

/** The fields of an import line: content, optional for an existing product, and a count of the stock. */
export type ImportedFields = PartialContent & { readonly inventory?: number | undefined };

type PartialContent = { readonly [F in keyof ProductContent]?: ProductContent[F] | undefined };

export interface ImportOptions {
  /** Whether `inventory` sets the stock on hand of existing products; otherwise it is ignored for them. */
  readonly isStockCount: boolean;
}

const requiredFields = ['name', 'price', 'currency'] as const satisfies readonly (keyof ProductContent)[];

/**
 * Creates the product, or changes the fields that the line has. The stock of an existing product changes only if the import
 * is a stock count. Throws `invalid` for a new product without a required field.
 */
export function importProduct(
  current: CurrentProduct,
  productId: string,
  { inventory, ...fields }: ImportedFields,
  { isStockCount }: ImportOptions,
  now: string,
): ProductDecision {
  const product = live(current.stored);
  if (!product) {
    const content = requireContent(fields);
    return createProduct(current, productId, { content, inventory: inventory ?? 0 }, now);
  }
  const isStockChange = isStockCount && inventory !== undefined && inventory !== product.onHand;
  if (!isStockChange) return patchProduct(current, productId, fields, now, () => true);

  const stock = changeStock(product, { onHand: inventory });
  const content = contentOf(product, current.description);
  if (isSameContent(content, applyPatch(content, fields))) return withStock(product, stock, now);
  // The change of content and stock is one write with one version.
  const productWithStock = { ...product, onHand: stock.onHand, ledger: stock.ledger };
  return patchProduct({ ...current, stored: productWithStock }, productId, fields, now, () => true);
}

/** The content of a new product. Throws `invalid` with the required fields that are missing. */
export function requireContent(fields: PartialContent): ProductContent {
  const { name, price, currency } = fields;
  if (name !== undefined && price !== undefined && currency !== undefined)
    return { ...fields, name, price, currency };
  const errors = requiredFields
    .filter((field) => fields[field] === undefined)
    .map((field) => ({ pointer: `/${field}`, detail: 'is required for a new product' }));
  throw new DomainError(
    'invalid',
    'invalid-input',
    'A new product needs a name, a price and a currency. Add what is missing.',
    {
      details: { errors },
    },
  );
}
