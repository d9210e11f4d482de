import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';

/** What a client says of a product. Money is integer minor units. */
export interface ProductInput {
  readonly name: string;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly price: number;
  readonly currency: string;
  readonly inventory: number;
}

/** A product in the catalog. `inventory` is what can still be had: what carts hold is already taken off. */
export interface Product extends ProductInput {
  readonly productId: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What stays of a deleted product, so that its version never restarts. */
export interface DeletedProduct {
  readonly productId: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly deleted: true;
}

export type StoredProduct = Product | DeletedProduct;

/** A merge patch (RFC 7396): null removes an optional field. */
export type ProductPatch = { readonly [F in keyof ProductInput]?: ProductInput[F] | null | undefined };

/** Whether the caller's precondition holds for the version that is there; undefined where there is no product. */
export type Precondition = (version: number | undefined) => boolean;

/** What was decided about a product. */
export interface ProductDecision<S extends StoredProduct = Product> {
  readonly state: S;
  readonly events: readonly NewEvent[];
}

type Stored = StoredProduct | undefined;

/** The product, if there is one and it is not deleted. */
export function live(stored: Stored): Product | undefined {
  return stored === undefined || 'deleted' in stored ? undefined : stored;
}

export function createProduct(
  stored: Stored,
  productId: string,
  input: ProductInput,
  now: string,
): ProductDecision {
  if (live(stored)) {
    throw new DomainError(
      'conflict',
      'product-exists',
      `product ${productId} exists already: use PUT to replace it`,
    );
  }
  const version = (stored?.version ?? 0) + 1;
  const product = { ...input, productId, version, createdAt: now, updatedAt: now };
  return { state: product, events: [stateEvent('ProductCreated', product)] };
}

export function replaceProduct(
  stored: Stored,
  productId: string,
  input: ProductInput,
  now: string,
  precondition: Precondition,
): ProductDecision {
  require(precondition, stored);
  const current = live(stored);
  return current === undefined
    ? createProduct(stored, productId, input, now)
    : changed(current, { ...input, ...identityOf(current) }, now);
}

export function patchProduct(
  stored: Stored,
  productId: string,
  patch: ProductPatch,
  now: string,
  precondition: Precondition,
): ProductDecision {
  require(precondition, stored);
  const current = found(stored, productId);
  const merged = Object.entries(patch).reduce<Record<string, unknown>>(
    (fields, [field, value]) => (value === undefined ? fields : { ...fields, [field]: value ?? undefined }),
    {},
  );
  return changed(current, { ...current, ...merged }, now);
}

export function deleteProduct(
  stored: Stored,
  productId: string,
  now: string,
  precondition: Precondition,
): ProductDecision<DeletedProduct> {
  require(precondition, stored);
  const { version } = found(stored, productId);
  const state = { productId, version: version + 1, updatedAt: now, deleted: true } as const;
  const event = { eventType: 'ProductDeleted', productId, version: state.version, updatedAt: now } as const;
  return { state, events: [event] };
}

/** Moves the stock by `delta`; never below 0. */
export function adjustStock(stored: Stored, productId: string, delta: number, now: string): ProductDecision {
  const current = found(stored, productId);
  const inventory = current.inventory + delta;
  if (inventory < 0) {
    throw new DomainError(
      'conflict',
      'insufficient-stock',
      `only ${current.inventory} left of ${productId}`,
      {
        details: { inventory: current.inventory },
      },
    );
  }
  if (!Number.isSafeInteger(inventory)) {
    throw new DomainError('conflict', 'stock-too-large', `${productId} cannot hold that much stock`);
  }
  return changed(current, { ...current, inventory }, now);
}

/** The product with this state as its next version, and the event that tells it; as it was when nothing differs. */
export function changed(current: Product, next: Product, now: string): ProductDecision {
  const fields = ['name', 'description', 'category', 'imageUrl', 'price', 'currency', 'inventory'] as const;
  if (fields.every((field) => current[field] === next[field])) return { state: current, events: [] };
  const product = { ...next, version: current.version + 1, updatedAt: now };
  return { state: product, events: [stateEvent('ProductUpdated', product)] };
}

/** The product's whole state as an event. */
export function stateEvent<T extends 'ProductCreated' | 'ProductUpdated' | 'ProductSnapshot'>(
  eventType: T,
  { productId, name, category, price, currency, inventory, updatedAt, version }: Product,
) {
  const state = { productId, name, price, currency, inventory, updatedAt, version };
  return { eventType, ...state, ...(category === undefined ? {} : { category }) };
}

function identityOf({ productId, version, createdAt, updatedAt }: Product) {
  return { productId, version, createdAt, updatedAt };
}

function found(stored: Stored, productId: string): Product {
  const product = live(stored);
  if (!product) throw new DomainError('notFound', 'product-not-found', `there is no product ${productId}`);
  return product;
}

function require(precondition: Precondition, stored: Stored): void {
  const version = live(stored)?.version;
  if (precondition(version)) return;
  throw new DomainError(
    'preconditionFailed',
    'precondition-failed',
    version === undefined
      ? 'the product does not exist'
      : `the product is at version ${version}: read it again and decide anew`,
    { details: version === undefined ? {} : { version } },
  );
}
