import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import type { ProductContent } from './content.ts';
import { availableOf, type Ledger, type Stock } from './stock.ts';

/** A stored product. Its description is a separate item, so that a stock change does not rewrite it. */
export interface Product extends Omit<ProductContent, 'description'>, Stock {
  readonly productId: string;
  /** Grows by 1 with every change, of content or of stock. */
  readonly version: number;
  /** The version of the last change of the content. */
  readonly contentVersion: number;
  /** The version at which the product was created last: holds of an earlier incarnation are void. */
  readonly incarnation: number;
  /** The version at which the description was written; absent without a description. */
  readonly descriptionVersion?: number | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The description of a product, a separate item. An empty text means no description. */
export interface Description {
  readonly version: number;
  readonly text: string;
}

/** Tombstone of a deleted product: if the product is created again, version and ledger continue. */
export interface DeletedProduct {
  readonly productId: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly deleted: true;
  readonly ledger: Ledger;
}

export type StoredProduct = Product | DeletedProduct;

/** A product with its description, before a write. */
export interface CurrentProduct {
  readonly stored: StoredProduct | undefined;
  readonly description?: Description | undefined;
}

/** The new state of a product, its description if that changes, and the events. */
export interface ProductDecision<S extends StoredProduct = Product> {
  readonly state: S;
  readonly description?: Description | undefined;
  readonly events: readonly NewEvent[];
}

/** The product; undefined if it is missing or deleted. */
export function live(stored: StoredProduct | undefined): Product | undefined {
  return stored === undefined || 'deleted' in stored ? undefined : stored;
}

/** Whether the product has a description, which is a separate item. */
export function hasDescription({ descriptionVersion }: Product): boolean {
  return descriptionVersion !== undefined;
}

/** The content of a product, its description included. */
export function contentOf(product: Product, description: Description | undefined): ProductContent {
  const { productId, onHand, held, ledger, version, contentVersion, incarnation, ...rest } = product;
  const { descriptionVersion, createdAt, updatedAt, ...content } = rest;
  return descriptionVersion === undefined ? content : { ...content, description: description?.text };
}

/** Sets the stock of a product, at its next version. Returns the same state if the stock does not change. */
export function withStock(product: Product, stock: Stock, now: string): ProductDecision {
  const { onHand, held, ledger } = stock;
  if (onHand === product.onHand && held === product.held && ledger === product.ledger)
    return { state: product, events: [] };
  const state = { ...product, onHand, held, ledger, version: product.version + 1, updatedAt: now };
  return { state, events: [stateEvent('ProductUpdated', state)] };
}

/** An event with the state of a product, without description and image, which no service needs. */
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

/** The product. Throws `notFound` if it is missing or deleted. */
export function requireProduct(stored: StoredProduct | undefined, productId: string): Product {
  const product = live(stored);
  if (!product)
    throw new DomainError('notFound', 'product-not-found', `Product ${productId} not found. Check its id.`);
  return product;
}

/** The tombstone with the ledger after a sale; the same state if the ledger did not change. */
export function tombstoneWith(
  stored: StoredProduct | undefined,
  { ledger }: Stock,
  now: string,
): StoredProduct | undefined {
  if (stored === undefined || stored.ledger === ledger) return stored;
  return { ...stored, ledger, version: stored.version + 1, updatedAt: now };
}
