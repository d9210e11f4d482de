import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import type { ProductContent } from './content.ts';
import { availableOf, type Ledger, type Stock } from './stock.ts';

/** A product in the catalog, as it is stored. Its description is stored apart, so that a stock change never rewrites it. */
export interface Product extends Omit<ProductContent, 'description'>, Stock {
  readonly productId: string;
  /** Grows by 1 with every change, of content or of stock. */
  readonly version: number;
  /** The version of the last change of the content. */
  readonly contentVersion: number;
  /** The version at which the product was created last: a hold of an earlier incarnation is void. */
  readonly incarnation: number;
  /** The version at which the description was written; absent where there is none. */
  readonly descriptionVersion?: number | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The description of a product, an item of its own. An empty text stands for none. */
export interface Description {
  readonly version: number;
  readonly text: string;
}

/** Tombstone of a deleted product: its version never restarts, and its ledger goes on. */
export interface DeletedProduct {
  readonly productId: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly deleted: true;
  readonly ledger: Ledger;
}

export type StoredProduct = Product | DeletedProduct;

/** A product with its description, as they were read. */
export interface CurrentProduct {
  readonly stored: StoredProduct | undefined;
  readonly description?: Description | undefined;
}

/** The new state of a product, of its description where that changes, and what happened. */
export interface ProductDecision<S extends StoredProduct = Product> {
  readonly state: S;
  readonly description?: Description | undefined;
  readonly events: readonly NewEvent[];
}

/** The product, if there is one and it is not deleted. */
export function live(stored: StoredProduct | undefined): Product | undefined {
  return stored === undefined || 'deleted' in stored ? undefined : stored;
}

/** Whether the product has a description, which is stored apart. */
export function hasDescription({ descriptionVersion }: Product): boolean {
  return descriptionVersion !== undefined;
}

/** The content of a product, its description included. */
export function contentOf(product: Product, description: Description | undefined): ProductContent {
  const { productId, onHand, held, ledger, version, contentVersion, incarnation, ...more } = product;
  const { descriptionVersion, createdAt, updatedAt, ...content } = more;
  return descriptionVersion === undefined ? content : { ...content, description: description?.text };
}

/** The product with another stock, at its next version; the very same object where the stock does not change. */
export function withStock(product: Product, stock: Stock, now: string): ProductDecision {
  const { onHand, held, ledger } = stock;
  if (onHand === product.onHand && held === product.held && ledger === product.ledger)
    return { state: product, events: [] };
  const state = { ...product, onHand, held, ledger, version: product.version + 1, updatedAt: now };
  return { state, events: [stateEvent('ProductUpdated', state)] };
}

/** The whole state of a product as an event. The description and the picture are for shoppers, not for services. */
export function stateEvent<T extends 'ProductCreated' | 'ProductUpdated' | 'ProductSnapshot'>(
  eventType: T,
  product: Product,
) {
  const { productId, onHand, held, incarnation, updatedAt, version } = product;
  const { name, category, price, currency, maxPerCart, description, imageUrl, ...unhandled } = contentOf(
    product,
    undefined,
  );
  unhandled satisfies Record<string, never>;
  return {
    eventType,
    productId,
    name,
    ...(category === undefined ? {} : { category }),
    price,
    currency,
    ...(maxPerCart === undefined ? {} : { maxPerCart }),
    inventory: availableOf(product),
    onHand,
    held,
    incarnation,
    updatedAt,
    version,
  };
}

/** The product. Throws notFound where there is none. */
export function found(stored: StoredProduct | undefined, productId: string): Product {
  const product = live(stored);
  if (!product) throw new DomainError('notFound', 'product-not-found', `There is no product ${productId}.`);
  return product;
}

/** A deleted product whose ledger changed by a sale; what was there otherwise. */
export function tombstoneWith(
  stored: StoredProduct | undefined,
  { ledger }: Stock,
  now: string,
): StoredProduct | undefined {
  if (stored === undefined || stored.ledger === ledger) return stored;
  return { ...stored, ledger, version: stored.version + 1, updatedAt: now };
}
