import { pkOf } from './pk.ts';
import type { Key, Snapshot, Versioned } from './table.ts';

/** A snapshot of the items with these keys. `get` throws for any other key. */
export function snapshotOf(pks: readonly string[], states: ReadonlyMap<string, Versioned>): Snapshot {
  const readPks = new Set(pks);
  return {
    get<S extends Versioned>(key: Key<S>) {
      const pk = pkOf(key);
      if (!readPks.has(pk)) throw new Error(`${pk} is not among the keys of the transaction`);
      return states.get(pk) as S | undefined;
    },
  };
}
