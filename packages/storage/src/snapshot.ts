import { pkOf } from './pk.ts';
import type { Key, Snapshot, Versioned } from './table.ts';

/** The items under these keys, as far as they exist. Throws for a key that is not among them. */
export function snapshotOf(pks: readonly string[], states: ReadonlyMap<string, Versioned>): Snapshot {
  const known = new Set(pks);
  return {
    get<S extends Versioned>(key: Key<S>) {
      const pk = pkOf(key);
      if (!known.has(pk)) throw new Error(`${pk} is not among the keys of the transaction`);
      return states.get(pk) as S | undefined;
    },
  };
}
