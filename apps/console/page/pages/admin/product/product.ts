import { Problem, request, type RequestOptions } from '../../../api.ts';
import { type Product, productPath } from '../../../commerce.ts';
import { queries } from '../../../query.ts';
import { requestAsOperator, operatorToken } from '../../../session.ts';
import { onlyContent } from './draft.ts';

/** Product with the entity tag of its content, which stock changes leave as it is. */
export interface TaggedProduct {
  readonly product: Product;
  readonly etag: string | undefined;
  /** W3C trace context of the response. */
  readonly traceparent: string | null;
}

/** Key of the read of a product with its tag. */
export function keyOf(productId: string) {
  return ['product', productId, 'tagged'] as const;
}

/** Reads a product; a state that is known to be newer than the response counts. Rejects with a {@link Problem}. */
export async function readProduct(productId: string, options: RequestOptions = {}): Promise<TaggedProduct> {
  const read = tagged(await request<Product>(productPath(productId), options));
  const known = queries.getQueryData<TaggedProduct>(keyOf(productId));
  return known && known.product.version > read.product.version ? known : read;
}

/** Sends a change of a product as the operator, and shows its result. */
export async function change(
  productId: string,
  options: RequestOptions,
  ...path: readonly string[]
): Promise<TaggedProduct> {
  const token = operatorToken.value;
  const result = tagged(await request<Product>(productPath(productId, ...path), { ...options, token }));
  queries.setQueryData(keyOf(productId), result);
  return result;
}

function tagged({ body, headers }: { readonly body: Product; readonly headers: Headers }): TaggedProduct {
  const [etag, traceparent] = [headers.get('etag') ?? undefined, headers.get('traceparent')];
  return { product: body, etag, traceparent };
}

/** Whether an error says that the content was changed since it was read. */
export function isOutdated(error: unknown): boolean {
  return error instanceof Problem && error.status === 412;
}

/** Deletes a product, unless its content was changed. */
export async function deleteProduct({ product, etag }: TaggedProduct): Promise<void> {
  await requestAsOperator(productPath(product.productId), { method: 'DELETE', ifMatch: etag });
}

/** Creates a deleted product again: its content, and its stock on hand at the deletion. */
export async function restoreProduct(product: Product): Promise<void> {
  const { productId, onHand } = product;
  const body = { productId, ...onlyContent(product), inventory: onHand };
  await requestAsOperator('/products', { method: 'POST', body });
}
