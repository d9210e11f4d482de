import { DomainError } from '@tandem/chassis/errors';
import { isSameContent, patched, type ProductContent } from './content.ts';
import { createProduct, patchProduct } from './edit-product.ts';
import { contentOf, type CurrentProduct, live, type ProductDecision, withStock } from './product.ts';
import { changeStock } from './stock.ts';

/** The fields of an import line: content, all optional for an existing product, and a count of the stock. */
export type ImportedFields = PartialContent & { readonly inventory?: number | undefined };

type PartialContent = { readonly [F in keyof ProductContent]?: ProductContent[F] | undefined };

export interface ImportOptions {
  /** Whether `inventory` is a count of the stock on hand of products that exist; otherwise their stock stays. */
  readonly isStockCount: boolean;
}

/** Fields without which there is no product. */
const required = ['name', 'price', 'currency'] as const satisfies readonly (keyof ProductContent)[];

/**
 * Creates the product, or changes what the line names: fields that it leaves out stay, and so does the stock unless the
 * import counts it. Throws `invalid` for a new product without a required field.
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
  const isCounted = isStockCount && inventory !== undefined && inventory !== product.onHand;
  if (!isCounted) return patchProduct(current, productId, fields, now, () => true);

  const counted = changeStock(product, { onHand: inventory });
  const content = contentOf(product, current.description);
  if (isSameContent(content, patched(content, fields))) return withStock(product, counted, now);
  // One write, hence one version, for the content and the count.
  const stocked = { ...product, onHand: counted.onHand, ledger: counted.ledger };
  return patchProduct({ ...current, stored: stocked }, productId, fields, now, () => true);
}

function requireContent(fields: PartialContent): ProductContent {
  const { name, price, currency } = fields;
  if (name !== undefined && price !== undefined && currency !== undefined)
    return { ...fields, name, price, currency };
  const errors = required
    .filter((field) => fields[field] === undefined)
    .map((field) => ({ pointer: `/${field}`, detail: 'is required for a new product' }));
  throw new DomainError('invalid', 'invalid-input', 'The body is not valid', { details: { errors } });
}
