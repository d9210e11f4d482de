import type { Table } from '@tandem/storage/table';
import { live } from '../domain/product.ts';
import { BY_CATEGORY, productKey, products } from '../store/entity-types.ts';
import { coalesced } from './coalesced.ts';
import { changedAfter, nameChangesKey } from './name-changes.ts';
import { createNameIndex, type NameIndex, type NamePage, type NameQuery } from './name-index.ts';

/** Largest number of products of an index: some 6 MB. */
const MAX_PRODUCTS = 20_000;
/** Products of a page while the index is built. */
const PAGE_SIZE = 1_000;
/** Age at which an index is built anew, for changes that were not recorded. */
const MAX_AGE_MS = 60 * 60_000;
/** Shortest time between two builds of which changes are the cause: an import changes more names than are recorded. */
const MIN_AGE_MS = 10_000;

/** A page of a search. `isComplete`: whether the index has all products. */
export interface FoundPage extends NamePage {
  readonly isComplete: boolean;
}

export interface NameSearchDeps {
  readonly table: Pick<Table, 'get' | 'read' | 'query'>;
  /** Clock in milliseconds. Default: the monotonic one. */
  readonly now?: () => number;
  readonly maxProducts?: number;
}

/** An index with its age, and the version of the recorded changes that it has. */
interface Built {
  readonly index: NameIndex;
  readonly builtAt: number;
  version: number;
}

/**
 * Creates a search by name. The first search reads the index of categories once; later ones read the recorded changes, as
 * eventually consistent as the table's cache, and the products that changed. Rejects as the table does.
 */
export function createNameSearch({
  table,
  now = () => performance.now(),
  maxProducts = MAX_PRODUCTS,
}: NameSearchDeps): (query: NameQuery) => Promise<FoundPage> {
  let built: Built | undefined;

  /** Reads products again. Consistently: a stale copy would precede the change that was recorded. */
  const reread = async ({ index }: Built, productIds: readonly string[]) => {
    if (productIds.length === 0) return;
    const read = await table.read(productIds.map(productKey));
    for (const productId of productIds) {
      const product = live(read.get(productKey(productId)));
      if (product) index.set(product);
      else index.delete(productId);
    }
  };

  const build = async (): Promise<Built> => {
    const before = await table.get(nameChangesKey);
    const next = { index: createNameIndex(maxProducts), builtAt: now(), version: before?.version ?? 0 };
    for (let cursor: string | undefined; ;) {
      const page = await table.query(products, {
        index: BY_CATEGORY,
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const stored of page.items) {
        const product = live(stored);
        if (product) next.index.set(product);
      }
      cursor = page.cursor;
      if (cursor === undefined || next.index.isFull()) break;
    }
    // The index of categories may be older than the changes that were recorded last.
    await reread(next, before?.recent.map(({ productId }) => productId) ?? []);
    return next;
  };

  const refresh = coalesced(async () => {
    const age = built ? now() - built.builtAt : Infinity;
    if (!built || age >= MAX_AGE_MS) {
      built = await build();
      return;
    }
    const changes = await table.get(nameChangesKey, { consistent: false });
    if (!changes || changes.version <= built.version) return;
    const productIds = changedAfter(changes, built.version);
    if (productIds) {
      await reread(built, productIds);
      built.version = changes.version;
    } else if (age >= MIN_AGE_MS) {
      built = await build();
    }
  });

  return async (query) => {
    await refresh();
    // Built by the refresh, or by an earlier one.
    const { index } = built as Built;
    return { ...index.search(query), isComplete: !index.isFull() };
  };
}
