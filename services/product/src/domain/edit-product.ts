import { DomainError } from '@tandem/chassis/errors';
import { type ContentPatch, isSameContent, patched, type ProductContent } from './content.ts';
import {
  contentOf,
  type CurrentProduct,
  type DeletedProduct,
  type Description,
  found,
  live,
  type Product,
  type ProductDecision,
  stateEvent,
  type StoredProduct,
} from './product.ts';
import { emptyLedger } from './stock.ts';

/** The content of a new product and the first count of its stock. */
export interface NewProduct {
  readonly content: ProductContent;
  readonly inventory: number;
}

/** Whether the caller's precondition holds for a content version; undefined where there is no product. */
export type Precondition = (contentVersion: number | undefined) => boolean;

/** Creates a product, at version 1 or, after a deletion, at the next one. Throws a conflict where it exists. */
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
      'A product with this id exists. Use PUT to replace its content.',
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
    // What was sold before is part of what was stocked: on hand = stocked − sold + missing.
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

/** Replaces the content of a product and leaves its stock; creates the product where there is none. */
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

/** Changes the fields that a merge patch names. Throws notFound where there is no product. */
export function patchProduct(
  current: CurrentProduct,
  productId: string,
  patch: ContentPatch,
  now: string,
  precondition: Precondition,
): ProductDecision {
  requireMatch(precondition, current.stored);
  return changeContent(current, productId, (content) => patched(content, patch), now);
}

/** Deletes a product: what stays keeps its version and its ledger. */
export function deleteProduct(
  { stored, description }: CurrentProduct,
  productId: string,
  now: string,
  precondition: Precondition,
): ProductDecision<DeletedProduct> {
  requireMatch(precondition, stored);
  const { ledger, version: before } = found(stored, productId);
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
  const product = found(stored, productId);
  const content = contentOf(product, before);
  const next = change(content);
  if (isSameContent(content, next)) return { state: product, events: [] };
  const version = product.version + 1;
  const { description, ...rest } = next;
  const written = description === content.description ? {} : changedDescription(before, description, version);
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
      : { descriptionVersion: written.description ? version : descriptionVersion }),
    createdAt,
    updatedAt: now,
  };
  return { state, ...written, events: [stateEvent('ProductUpdated', state)] };
}

/** The description to write: none where there was none and is none. */
function changedDescription(
  before: Description | undefined,
  text: string | undefined,
  version: number,
): Pick<ProductDecision, 'description'> {
  if (text === undefined && (before === undefined || before.text === '')) return {};
  return { description: { version, text: text ?? '' } };
}

/** Throws preconditionFailed unless the precondition holds for the content of the product. */
export function requireMatch(precondition: Precondition, stored: StoredProduct | undefined): void {
  const product = live(stored);
  if (precondition(product?.contentVersion)) return;
  throw new DomainError(
    'preconditionFailed',
    'precondition-failed',
    product === undefined
      ? 'There is no such product.'
      : 'The product does not match the precondition. Read it again before you change it.',
    { details: product === undefined ? {} : { version: product.version } },
  );
}
