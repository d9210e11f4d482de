import type { NewEvent } from '@tandem/contracts/events';

/** A state with its version, which grows with each write of the item. */
export interface Versioned {
  readonly version: number;
}

/** An entity type of a table: derives the index entry and the expiry of an item from its state. */
export interface EntityType<S extends Versioned> {
  readonly name: string;
  /** Entry in a sparse index; undefined for an item that is not in an index. */
  index?(state: S): IndexEntry | undefined;
  /** Time at which the item expires, in seconds since the epoch; undefined for never. */
  expiresAt?(state: S): number | undefined;
}

/** Entry of an item in an index. The items of a partition are listed in the order of `sort`. */
export interface IndexEntry {
  readonly index: string;
  readonly partition: string;
  readonly sort: string;
}

/** Key of an item: its entity type (`kind`) and id. */
export interface Key<S extends Versioned> {
  readonly kind: EntityType<S>;
  readonly id: string;
}

/**
 * A decision about one item: its new state and its events. A decision that returns the current state (undefined for a
 * missing item) writes nothing.
 */
export interface Decision<S> {
  readonly state: S | undefined;
  readonly events: readonly NewEvent[];
}

/** One write of a transaction, created by {@link put}. */
export interface Write {
  readonly key: Key<Versioned>;
  readonly state: Versioned;
  readonly events: readonly NewEvent[];
}

/** Items that were read; undefined for a missing item. Throws for a key that was not read. */
export interface Snapshot {
  get<S extends Versioned>(key: Key<S>): S | undefined;
}

export interface TransactOptions {
  /**
   * Keys of additional reads, which may depend on the items with the transaction's own keys: they are read after those, in
   * the same attempt. The version of an additional item is checked only if the item is written: one that is only read may
   * change before the commit.
   */
  readonly additionalReads?: (read: Snapshot) => readonly Key<Versioned>[];
  /** Keys of additional reads that do not depend on other items: they are read in one request with the own keys. */
  readonly earlyReads?: readonly Key<Versioned>[];
  /**
   * Keys of items that are only read and may be stale, like those of a read with `consistent: false`: by half the price, or from a
   * cache. They may depend on the items with own keys.
   */
  readonly staleReads?: (read: Snapshot) => readonly Key<Versioned>[];
  /**
   * Own keys whose version, like that of additional ones, is checked only if the item is written: a decision that does
   * not write them is valid as of the time at which it read them.
   */
  readonly guardedIfWritten?: readonly Key<Versioned>[];
}

/** A page of an index. The opaque `cursor` continues after it; absent on the last page. */
export interface Page<S> {
  readonly items: readonly S[];
  readonly cursor?: string;
}

/**
 * A query of an index. Without a `partition` the whole index is listed, its partitions in no defined order; `until` and
 * descending order require a partition.
 */
export interface Query {
  readonly index: string;
  readonly partition?: string;
  readonly limit: number;
  readonly cursor?: string;
  /** Inclusive upper bound of `sort`, in ascending order only. Default: none. */
  readonly until?: string;
  /**
   * Only items whose id begins with this text: those of the next `limit` entries, so that a page with a cursor may have few items
   * or none. Of an index of keys, no other item is read. Default: all items.
   */
  readonly idPrefix?: string;
  /** Order of `sort`, compared as bytes of UTF-8. Default: ascending. */
  readonly order?: 'ascending' | 'descending';
}

/**
 * A service's table, with a transactional outbox: a write stores state and events in one item, so that they commit
 * atomically. Writes are conditional on the version (optimistic concurrency). Expired items are absent to every call.
 *
 * Calls reject with a DomainError of kind `unavailable` if the store does not respond or a write stays contended; its code
 * is `store-throttled` if the store has no capacity left, and `write-outcome-unknown` if it is not known whether a write was
 * applied.
 */
export interface Table {
  /** Reads the state of an item; with `consistent: false` it may be stale (eventually consistent), for half the price. */
  get<S extends Versioned>(key: Key<S>, options?: { consistent?: boolean }): Promise<S | undefined>;

  /**
   * Reads the items with at most 100 keys in one request. The read is not atomic: of two items that change together, one may
   * be read before and the other after the change. With `consistent: false` items may be stale, for half the price.
   */
  read(keys: readonly Key<Versioned>[], options?: { consistent?: boolean }): Promise<Snapshot>;

  /** Reads the items that exist, in no defined order, each at most once. They may be stale (eventually consistent). */
  getMany<S extends Versioned>(keys: readonly Key<S>[]): Promise<S[]>;

  /**
   * Reads, decides and writes under optimistic concurrency: if the item has changed since it was read, all three steps are
   * retried. `decide` must be pure, as it may run several times; an error that it throws is propagated. Resolves to the
   * decision that was written, exactly once.
   */
  update<S extends Versioned, D extends Decision<S>>(
    key: Key<S>,
    decide: (current: S | undefined) => D,
  ): Promise<D>;

  /** Stores the state unless the stored one has the same or a later version. Resolves to whether it was stored. */
  putIfNewer<S extends Versioned>(key: Key<S>, state: S): Promise<boolean>;

  /**
   * Like `update`, for several items: all writes commit or none, and the items with own keys were as read at one moment, also
   * for a decision that writes nothing. Writes are limited to own keys and additional reads. Own keys and writes may have at
   * most 100 items.
   */
  transact<R extends { readonly writes: readonly Write[] }>(
    keys: readonly Key<Versioned>[],
    decide: (read: Snapshot) => R,
    options?: TransactOptions,
  ): Promise<R>;

  /**
   * Reads a page of an index. Rejects with a DomainError of kind `invalid` for a cursor of another list or order, and with a
   * RangeError for a descending order without a partition.
   */
  query<S extends Versioned>(kind: EntityType<S>, query: Query): Promise<Page<S>>;

  /** Resolves if the store responds, also with a refusal for want of capacity; rejects otherwise. */
  ping(): Promise<void>;
}

/** A committed change of one item, in the table's change stream. */
export interface Change {
  /** Unique position in the stream; the changes of an item are in the order of their commits. */
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly before?: Image;
  readonly after?: Image;
  /** Whether the item was removed by its expiry, not by a call. */
  readonly expired: boolean;
}

/** An item before or after a change. */
export interface Image {
  readonly version: number;
  readonly state: unknown;
  readonly events: readonly NewEvent[];
  readonly traceparent?: string;
}

/** The changes of a table after a durable checkpoint. */
export interface ChangeFeed {
  /**
   * Reads the oldest changes after the checkpoint, in order, without moving it. Waits for changes; resolves to none once the
   * signal aborts.
   */
  read(limit: number, signal: AbortSignal): Promise<readonly Change[]>;
  /** Moves the checkpoint to after this change. */
  checkpoint(change: Change): Promise<void>;
}

/** Creates the key of an item. */
export function key<S extends Versioned>(kind: EntityType<S>, id: string): Key<S> {
  return { kind, id };
}

/** Creates a write of a transaction. */
export function put<S extends Versioned>(key: Key<S>, state: S, events: readonly NewEvent[] = []): Write {
  return { key, state, events };
}
