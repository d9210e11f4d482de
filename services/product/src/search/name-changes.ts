import type { EntityType, Key, Table } from '@tandem/storage/table';
import { key } from '@tandem/storage/table';
import { coalesced } from './coalesced.ts';

/** Largest number of changes that are stored: some 2 KB, so that a read costs half a unit. */
export const MAX_RECENT = 50;

/** The last changes of the names, categories and existence of products, in the order of `version`. */
export interface NameChanges {
  /** Number of times at which changes were stored. */
  readonly version: number;
  /** The changes after this version are all in `recent`. */
  readonly completeAfter: number;
  /** Each product once, with the version at which its last change was stored. */
  readonly recent: readonly { readonly productId: string; readonly version: number }[];
}

const nameChanges: EntityType<NameChanges> = { name: 'name-changes' };
export const nameChangesKey: Key<NameChanges> = key(nameChanges, 'recent');

/** Adds changes at the next version; the oldest ones beyond {@link MAX_RECENT} are dropped. */
export function withChanges(current: NameChanges | undefined, productIds: readonly string[]): NameChanges {
  const changed = new Set(productIds);
  const version = (current?.version ?? 0) + 1;
  const all = [
    ...(current?.recent ?? []).filter(({ productId }) => !changed.has(productId)),
    ...[...changed].map((productId) => ({ productId, version })),
  ];
  const dropped = all.slice(0, -MAX_RECENT);
  const completeAfter = dropped.at(-1)?.version ?? current?.completeAfter ?? 0;
  return { version, completeAfter, recent: all.slice(-MAX_RECENT) };
}

/** The products that changed after a version; undefined if they are no longer all known. */
export function changedAfter(changes: NameChanges, version: number): readonly string[] | undefined {
  if (version < changes.completeAfter) return undefined;
  return changes.recent.filter((change) => change.version > version).map(({ productId }) => productId);
}

/**
 * Creates a function that records a committed change of a product's name, for the indexes of all tasks. It resolves once the
 * change is recorded, together with those of concurrent calls. A failure is reported and not thrown: indexes are rebuilt
 * after an hour in any case.
 */
export function createNameChangeRecorder(
  table: Pick<Table, 'update'>,
  onError: (error: unknown) => void,
): (productId: string) => Promise<void> {
  let pending = new Set<string>();
  const record = coalesced(async () => {
    const productIds = [...pending];
    pending = new Set();
    await table
      .update(nameChangesKey, (current) => ({ state: withChanges(current, productIds), events: [] }))
      .catch(onError);
  });
  return (productId) => {
    pending.add(productId);
    return record();
  };
}
