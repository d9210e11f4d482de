import { DomainError } from '@tandem/chassis/errors';
import { type ContentPatch, isSameContent, applyPatch, type ProductContent } from './content.ts';
import {
  contentOf,
  type CurrentProduct,
  type DeletedProduct,
  type Description,
  requireProduct,
  live,
  type Product,
  type ProductDecision,
  stateEvent,
  type StoredProduct,
} from './product.ts';
import { emptyLedger } from './stock.ts';

/** The content and the initial stock of a new product. */
export interface NewProduct {
  readonly content: ProductContent;
  readonly inventory: number;
}

/** Whether the caller's precondition holds for a content version; undefined for a missing product. */
export type Precondition = (contentVersion: number | undefined) => boolean;

/** Creates a product, at version 1 or, after a deletion, at the next version. Throws a conflict if it exists. */
export function createProduct(
  { stored, description: formerDescription }: CurrentProduct,
  productId: string,
  { content, inventory }: NewProduct,
  now: string,
): ProductDecision {
  if (live(stored)) {
    throw new DomainError(
      'conflict',
      'product-exists',
      `A product with the id ${productId} exists. Choose another id, or edit that product.`,
    );
  }
  const version = (stored?.version ?? 0) + 1;
  const { sold, missing } = (stored as DeletedProduct | undefined)?.ledger ?? emptyLedger;
  const { description, ...rest } = content;
  const state: Product = {
    ...rest,
    productId,
    onHand: inventory,
    held: 0,
    // Earlier sales count as stocked, so that on hand = stocked − sold + missing.
    ledger: { stocked: inventory + sold - missing, sold, missing },
    version,
    contentVersion: version,
    incarnation: version,
    ...(description === undefined ? {} : { descriptionVersion: version }),
    createdAt: now,
    updatedAt: now,
  };
  return {
    state,
    ...changedDescription(formerDescription, description, version),
    events: [stateEvent('ProductCreated', state)],
  };
}

/** Replaces the content of a product, not its stock; creates the product if it is missing. */
export function replaceProduct(
  current: CurrentProduct,
  productId: string,
  input: NewProduct,
  now: string,
  precondition: Precondition,
): ProductDecision {
  requireMatch(precondition, current.stored);
  return live(current.stored)
    ? changeContent(current, productId, () => input.content, now)
    : createProduct(current, productId, input, now);
}

/** Changes the content by a merge patch. Throws `notFound` for a missing product. */
export function patchProduct(
  current: CurrentProduct,
  productId: string,
  patch: ContentPatch,
  now: string,
  precondition: Precondition,
): ProductDecision {
  requireMatch(precondition, current.stored);
  return changeContent(current, productId, (content) => applyPatch(content, patch), now);
}

/** Deletes a product. Its tombstone keeps the version and the ledger. */
export function deleteProduct(
  { stored, description }: CurrentProduct,
  productId: string,
  now: string,
  precondition: Precondition,
): ProductDecision<DeletedProduct> {
  requireMatch(precondition, stored);
  const { ledger, version: before } = requireProduct(stored, productId);
  const version = before + 1;
  return {
    state: { productId, version, updatedAt: now, deleted: true, ledger },
    ...changedDescription(description, undefined, version),
    events: [{ eventType: 'ProductDeleted', productId, version, updatedAt: now }],
  };
}

function changeContent(
  { stored, description: before }: CurrentProduct,
  productId: string,
  change: (content: ProductContent) => ProductContent,
  now: string,
): ProductDecision {
  const product = requireProduct(stored, productId);
  const content = contentOf(product, before);
  const next = change(content);
  if (isSameContent(content, next)) return { state: product, events: [] };
  const version = product.version + 1;
  const { description, ...rest } = next;
  const descriptionChange =
    description === content.description ? {} : changedDescription(before, description, version);
  const { productId: id, onHand, held, ledger, incarnation, createdAt, descriptionVersion } = product;
  const state: Product = {
    ...rest,
    productId: id,
    onHand,
    held,
    ledger,
    version,
    contentVersion: version,
    incarnation,
    ...(description === undefined
      ? {}
      : { descriptionVersion: descriptionChange.description ? version : descriptionVersion }),
    createdAt,
    updatedAt: now,
  };
  return {
    state,
    ...descriptionChange,
    events: [stateEvent('ProductUpdated', state), editedEvent(product, state)],
  };
}

/** The event of an edit: consumers that need no stock are spared the events of every hold and sale. */
function editedEvent(before: Product, { productId, name, price, currency, version, updatedAt }: Product) {
  return {
    eventType: 'ProductEdited' as const,
    productId,
    name,
    price,
    currency,
    previousName: before.name,
    previousPrice: before.price,
    previousCurrency: before.currency,
    version,
    timestamp: updatedAt,
  };
}

/** The description to write; none if there was none and there is none. */
function changedDescription(
  before: Description | undefined,
  text: string | undefined,
  version: number,
): Pick<ProductDecision, 'description'> {
  if (text === undefined && (before === undefined || before.text === '')) return {};
  return { description: { version, text: text ?? '' } };
}

/** Throws `preconditionFailed` unless the precondition holds for the content of the product. */
export function requireMatch(precondition: Precondition, stored: StoredProduct | undefined): void {
  const product = live(stored);
  if (precondition(product?.contentVersion)) return;
  throw new DomainError(
    'preconditionFailed',
    'precondition-failed',
    product === undefined
      ? 'The product does not exist. Create it, or omit the precondition.'
      : 'The product has changed since you read it. Read it again, then repeat the request.',
    { details: product === undefined ? {} : { version: product.version } },
  );
}
