import { pkOf } from './pk.ts';
import type { Key, Snapshot, TransactOptions, Versioned } from './table.ts';

/**
 * The keys that a transaction reads after its first ones, each once: consistently, or stale. They may depend on the items with
 * own keys.
 */
export function furtherReads(
  own: Snapshot,
  firstPks: readonly string[],
  { additionalReads, staleReads }: TransactOptions,
) {
  const known = new Set(firstPks);
  const unknownOf = (keys: readonly Key<Versioned>[] = []) =>
    keys.map(pkOf).filter((pk) => !known.has(pk) && known.add(pk));
  return { additionalPks: unknownOf(additionalReads?.(own)), stalePks: unknownOf(staleReads?.(own)) };
}
