import { LRUCache } from 'lru-cache';
import { pkOf } from './pk.ts';
import { snapshotOf } from './snapshot.ts';
import type { Key, Snapshot, Table, TransactOptions, Versioned } from './table.ts';

export interface CacheOptions {
  /** Time to live of a cached state, in milliseconds; 0 disables the cache. */
  readonly ttlMs: number;
  /** Largest number of cached states. */
  readonly maxItems: number;
}

/** A table with a cache of recent reads. */
export interface CachedTable extends Table {
  /** The cached state of an item, synchronously; undefined if it is not cached. */
  peek<S extends Versioned>(key: Key<S>): S | undefined;
}

/**
 * Adds a cache for eventually consistent reads (`consistent: false`). Writes through this table are visible at once, those
 * of other processes at most `ttlMs` later. Cached states are shared: callers must not mutate them.
 */
export function cachedTable(table: Table, { ttlMs, maxItems }: CacheOptions): CachedTable {
  if (ttlMs === 0) return { ...table, peek: () => undefined };
  const states = new LRUCache<string, Versioned>({ max: maxItems, ttl: ttlMs });
  /** Recently written keys: an eventually consistent read could return, and cache, their former state. */
  const recentWrites = new LRUCache<string, true>({ max: maxItems, ttl: ttlMs });
  /** Last read in progress of each key. A write removes it, so that the state that it returns is not cached. */
  const pendingReads = new Map<string, symbol>();

  const invalidate = (keys: readonly Key<Versioned>[]) => {
    for (const pk of keys.map(pkOf)) {
      states.delete(pk);
      recentWrites.set(pk, true);
      pendingReads.delete(pk);
    }
  };
  /** Invalidates the keys after a write, also after one that fails: it may have been applied. */
  const withInvalidation = async <T>(
    keys: readonly Key<Versioned>[],
    write: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await write();
    } finally {
      invalidate(keys);
    }
  };

  const read: Table['read'] = async (keys, options = {}) => {
    if (options.consistent !== false) return table.read(keys, options);
    const pks = keys.map(pkOf);
    const result = new Map<string, Versioned>();
    for (const pk of pks) {
      const state = states.get(pk);
      if (state) result.set(pk, state);
    }
    const missingKeys = keys.filter((key) => !result.has(pkOf(key)));
    if (missingKeys.length === 0) return snapshotOf(pks, result);
    const thisRead = Symbol('read');
    for (const pk of missingKeys.map(pkOf)) pendingReads.set(pk, thisRead);
    try {
      const consistent = missingKeys.some((key) => recentWrites.has(pkOf(key)));
      const snapshot = await table.read(missingKeys, { consistent });
      for (const key of missingKeys) {
        const [pk, state] = [pkOf(key), snapshot.get(key)];
        if (!state) continue;
        result.set(pk, state);
        if (pendingReads.get(pk) === thisRead) states.set(pk, state);
      }
      return snapshotOf(pks, result);
    } finally {
      for (const pk of missingKeys.map(pkOf)) if (pendingReads.get(pk) === thisRead) pendingReads.delete(pk);
    }
  };

  /** The stale reads of a transaction: those that are not cached are read, and cached unless a write overtakes the read. */
  const createStaleReads = (
    keys: readonly Key<Versioned>[],
    { staleReads, additionalReads = () => [], earlyReads = [] }: TransactOptions,
  ) => {
    const thisRead = Symbol('read');
    let cached = new Map<string, Versioned>();
    let missingKeys: readonly Key<Versioned>[] = [];
    const end = () => {
      for (const pk of missingKeys.map(pkOf)) if (pendingReads.get(pk) === thisRead) pendingReads.delete(pk);
    };
    const isRecent = (key: Key<Versioned>) => recentWrites.has(pkOf(key));
    const begin = (read: Snapshot, consistentKeys: readonly Key<Versioned>[]) => {
      end();
      cached = new Map();
      const consistentPks = new Set(consistentKeys.map(pkOf));
      missingKeys = (staleReads?.(read) ?? []).filter((key) => {
        const [pk, state] = [pkOf(key), states.get(pkOf(key))];
        if (consistentPks.has(pk)) return false;
        if (state) cached.set(pk, state);
        else pendingReads.set(pk, thisRead);
        return state === undefined;
      });
    };
    const options: TransactOptions = {
      // Called before `staleReads`, in each attempt.
      additionalReads: (read) => {
        const additionalKeys = additionalReads(read);
        begin(read, [...keys, ...earlyReads, ...additionalKeys]);
        return [...additionalKeys, ...missingKeys.filter(isRecent)];
      },
      staleReads: () => missingKeys.filter((key) => !isRecent(key)),
    };
    const joinedWith = (read: Snapshot): Snapshot => {
      for (const key of missingKeys) {
        const [pk, state] = [pkOf(key), read.get(key)];
        if (state && pendingReads.get(pk) === thisRead) states.set(pk, state);
      }
      return { get: (key) => (cached.get(pkOf(key)) as never) ?? read.get(key) };
    };
    return { end, joinedWith, options: staleReads ? options : {} };
  };

  return {
    ...table,

    peek: <S extends Versioned>(key: Key<S>) => states.get(pkOf(key)) as S | undefined,

    read,

    get: async (key, options) => (await read([key], options)).get(key),

    update: (key, decide) => withInvalidation([key], () => table.update(key, decide)),
    putIfNewer: (key, state) => withInvalidation([key], () => table.putIfNewer(key, state)),

    async transact(keys, decide, options = {}) {
      const writtenKeys = [...keys];
      const stale = createStaleReads(keys, options);
      const decideAndTrack: typeof decide = (read) => {
        const decision = decide(stale.joinedWith(read));
        writtenKeys.push(...decision.writes.map(({ key }) => key));
        return decision;
      };
      return withInvalidation(writtenKeys, () =>
        table.transact(keys, decideAndTrack, { ...options, ...stale.options }),
      ).finally(stale.end);
    },
  };
}
