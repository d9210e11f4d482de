import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { transactIdempotently } from '@tandem/storage/idempotent-transaction';
import { type Key, put, type Snapshot, type Table, type Write } from '@tandem/storage/table';
import type { ContentPatch } from '../domain/content.ts';
import { importProduct, type ImportedFields, type ImportOptions } from '../domain/import.ts';
import {
  createProduct,
  deleteProduct,
  type NewProduct,
  patchProduct,
  type Precondition,
  replaceProduct,
  requireMatch,
} from '../domain/edit-product.ts';
import {
  type CurrentProduct,
  type Description,
  requireProduct,
  hasDescription,
  live,
  type ProductDecision,
  type StoredProduct,
  withStock,
} from '../domain/product.ts';
import { changeStock, type StockChange } from '../domain/stock.ts';
import { type ProductView, viewOf } from '../domain/view.ts';
import { descriptionKey, productKey } from '../store/entity-types.ts';

/** A product after a write, with the content version for its entity tag. */
export interface WrittenProduct {
  readonly product: ProductView;
  readonly contentVersion: number;
  /** Effect of the write. */
  readonly outcome: 'created' | 'updated' | 'unchanged';
}

type Request = IdempotentRequest | undefined;

/** Writes of the catalog. Each rejects with the DomainError of its domain function, without a change. */
export interface Products {
  create(request: Request, productId: string, input: NewProduct): Promise<WrittenProduct>;
  replace(productId: string, input: NewProduct, precondition: Precondition): Promise<WrittenProduct>;
  patch(productId: string, patch: ContentPatch, precondition: Precondition): Promise<WrittenProduct>;
  /** Resolves to the version of the deletion. */
  delete(productId: string, precondition: Precondition): Promise<number>;
  changeStock(
    request: Request,
    productId: string,
    change: StockChange,
    precondition: Precondition,
  ): Promise<WrittenProduct>;
  /** Creates a product, or changes the fields that the import line has. */
  import(
    request: Request,
    productId: string,
    fields: ImportedFields,
    options: ImportOptions,
  ): Promise<WrittenProduct>;
}

export interface ProductsDeps {
  readonly table: Table;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /**
   * Called after a commit by which a product was created or deleted, or its name or category changed; must not reject. Writes wait
   * for it, except for those of an import, which are many.
   */
  readonly onNameChange?: (productId: string) => Promise<void>;
}

export function createProducts({ table, now, onNameChange = async () => undefined }: ProductsDeps): Products {
  const write = async (
    request: Request,
    productId: string,
    input: DescriptionInput,
    decide: (current: CurrentProduct) => ProductDecision,
    isImport = false,
  ): Promise<WrittenProduct> => {
    let isRenamed = false;
    const written = await transactIdempotently<WrittenProduct>(
      table,
      request,
      [productKey(productId)],
      (read) => {
        const current = currentOf(read, productId, input);
        const decision = decide(current);
        const { state, description = current.description, events } = decision;
        isRenamed = !isNamedAlike(current.stored, state);
        return {
          response: {
            product: viewOf(state, description),
            contentVersion: state.contentVersion,
            outcome: outcomeOf(current.stored, decision),
          },
          writes: writesOf(productId, current, state, decision.description, events),
        };
      },
      { additionalReads: (read) => descriptionKeys(read, productId, input) },
    );
    const recorded = isRenamed ? onNameChange(productId) : undefined;
    if (!isImport) await recorded;
    return written;
  };

  return {
    create: (request, productId, input) =>
      write(request, productId, input.content, (current) => createProduct(current, productId, input, now())),

    replace: (productId, input, precondition) =>
      write(undefined, productId, input.content, (current) =>
        replaceProduct(current, productId, input, now(), precondition),
      ),

    patch: (productId, patch, precondition) =>
      write(undefined, productId, patch, (current) =>
        patchProduct(current, productId, patch, now(), precondition),
      ),

    async delete(productId, precondition) {
      const { version } = await table.transact(
        [productKey(productId)],
        (read) => {
          const current = currentOf(read, productId, {});
          const { state, description, events } = deleteProduct(current, productId, now(), precondition);
          return { version: state.version, writes: writesOf(productId, current, state, description, events) };
        },
        { additionalReads: (read) => descriptionKeys(read, productId, {}) },
      );
      await onNameChange(productId);
      return version;
    },

    changeStock: (request, productId, change, precondition) =>
      write(request, productId, {}, ({ stored }) => {
        requireMatch(precondition, stored);
        const product = requireProduct(stored, productId);
        return withStock(product, changeStock(product, change), now());
      }),

    import: (request, productId, fields, options) =>
      write(
        request,
        productId,
        fields,
        (current) => importProduct(current, productId, fields, options, now()),
        true,
      ),
  };
}

/** Input of a write that may change the description; null removes it. */
interface DescriptionInput {
  readonly description?: string | null | undefined;
}

/** Key of the additional read of the description, if the product has one or the input changes it. */
function descriptionKeys(
  read: Snapshot,
  productId: string,
  { description }: DescriptionInput,
): Key<Description>[] {
  const product = live(read.get(productKey(productId)));
  const isNeeded = description !== undefined || (product && hasDescription(product));
  return isNeeded ? [descriptionKey(productId)] : [];
}

function currentOf(read: Snapshot, productId: string, input: DescriptionInput): CurrentProduct {
  const [key] = descriptionKeys(read, productId, input);
  return { stored: read.get(productKey(productId)), description: key && read.get(key) };
}

function writesOf(
  productId: string,
  { stored }: CurrentProduct,
  state: StoredProduct,
  description: ProductDecision['description'],
  events: ProductDecision['events'],
): Write[] {
  const writes: Write[] = state === stored ? [] : [put(productKey(productId), state, events)];
  return description ? [...writes, put(descriptionKey(productId), description)] : writes;
}

/** Whether a search by name finds both states alike. */
function isNamedAlike(before: StoredProduct | undefined, after: StoredProduct): boolean {
  const [a, b] = [live(before), live(after)];
  return a?.name === b?.name && a?.category === b?.category;
}

function outcomeOf(stored: StoredProduct | undefined, { state, events }: ProductDecision) {
  if (state === stored) return 'unchanged';
  return events.some(({ eventType }) => eventType === 'ProductCreated') ? 'created' : 'updated';
}
