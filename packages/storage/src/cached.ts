import { LRUCache } from 'lru-cache';
import { pkOf } from './pk.ts';
import { snapshotOf } from './snapshot.ts';
import type { Key, Table, Versioned } from './table.ts';

export interface CacheOptions {
  /** Time to live of a cached state, in milliseconds; 0: no cache. */
  readonly ttlMs: number;
  /** Largest number of cached states. */
  readonly maxItems: number;
}

/** A table with a cache of recent reads. */
export interface CachedTable extends Table {
  /** The state, if it was read or written a moment ago: as `get` would give it, at once. */
  peek<S extends Versioned>(key: Key<S>): S | undefined;
}

/**
 * Answers reads that may be a moment old (`consistent: false`) from memory. What is written through the same table is
 * seen at once; writes of other processes at most `ttlMs` later. The states are shared: callers must not change them.
 */
export function cachedTable(table: Table, { ttlMs, maxItems }: CacheOptions): CachedTable {
  if (ttlMs === 0) return { ...table, peek: () => undefined };
  const states = new LRUCache<string, Versioned>({ max: maxItems, ttl: ttlMs });
  /** Keys that were written a moment ago: an eventually consistent read could return, and cache, the state before. */
  const written = new LRUCache<string, true>({ max: maxItems, ttl: ttlMs });
  /** Reads in progress, by key: a state that was read before a write is not cached. */
  const reading = new Map<string, symbol>();

  const forget = (keys: readonly Key<Versioned>[]) => {
    for (const pk of keys.map(pkOf)) {
      states.delete(pk);
      written.set(pk, true);
      reading.delete(pk);
    }
  };
  /** A write that fails may have been carried out all the same. */
  const forgetting = async <T>(keys: readonly Key<Versioned>[], write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } finally {
      forget(keys);
    }
  };

  const read: Table['read'] = async (keys, options = {}) => {
    if (options.consistent !== false) return table.read(keys, options);
    const pks = keys.map(pkOf);
    const found = new Map<string, Versioned>();
    for (const pk of pks) {
      const state = states.get(pk);
      if (state) found.set(pk, state);
    }
    const missing = keys.filter((key) => !found.has(pkOf(key)));
    if (missing.length === 0) return snapshotOf(pks, found);
    const own = Symbol('read');
    for (const pk of missing.map(pkOf)) reading.set(pk, own);
    try {
      const isWritten = missing.some((key) => written.has(pkOf(key)));
      const fresh = await table.read(missing, { consistent: isWritten });
      for (const key of missing) {
        const [pk, state] = [pkOf(key), fresh.get(key)];
        if (!state) continue;
        found.set(pk, state);
        if (reading.get(pk) === own) states.set(pk, state);
      }
      return snapshotOf(pks, found);
    } finally {
      for (const pk of missing.map(pkOf)) if (reading.get(pk) === own) reading.delete(pk);
    }
  };

  return {
    ...table,

    peek: <S extends Versioned>(key: Key<S>) => states.get(pkOf(key)) as S | undefined,

    read,

    get: async (key, options) => (await read([key], options)).get(key),

    update: (key, decide) => forgetting([key], () => table.update(key, decide)),
    putIfNewer: (key, state) => forgetting([key], () => table.putIfNewer(key, state)),

    transact(keys, decide, options) {
      const writtenKeys = [...keys];
      const noting: typeof decide = (read) => {
        const decision = decide(read);
        writtenKeys.push(...decision.writes.map(({ key }) => key));
        return decision;
      };
      return forgetting(writtenKeys, () => table.transact(keys, noting, options));
    },
  };
}
