import type { NewEvent } from '@tandem/contracts/events';

/** A stored state: its version grows with each write of its key. */
export interface Versioned {
  readonly version: number;
}

/** One kind of item in a table: how its keys, index entry and expiry follow from its state. */
export interface EntityType<S extends Versioned> {
  readonly name: string;
  /** The entry in a sparse index; undefined keeps the item out of it. */
  index?(state: S): IndexEntry | undefined;
  /** When the item expires, in seconds since the epoch; undefined means never. */
  expiresAt?(state: S): number | undefined;
}

/** An item's place in an index: items of one partition are listed in the order of `sort`. */
export interface IndexEntry {
  readonly index: string;
  readonly partition: string;
  readonly sort: string;
}

/** Names one item. */
export interface Key<S extends Versioned> {
  readonly kind: EntityType<S>;
  readonly id: string;
}

/**
 * A decision about one item: its new state and its events. A decision that returns the state it was given
 * (undefined where there was none) writes nothing.
 */
export interface Decision<S> {
  readonly state: S | undefined;
  readonly events: readonly NewEvent[];
}

/** One write of a transaction, made with {@link put}. */
export interface Write {
  readonly key: Key<Versioned>;
  readonly state: Versioned;
  readonly events: readonly NewEvent[];
}

/** Items that were read; undefined where there is none. Throws for a key that was not read. */
export interface Snapshot {
  get<S extends Versioned>(key: Key<S>): S | undefined;
}

export interface TransactOptions {
  /**
   * The keys of the additional reads, which may follow from the items under the transaction's own keys. They are read
   * after those, in the same attempt. An additional item is guarded by its version only where it is written: one that is
   * only read may change before the writes commit.
   */
  readonly additionalReads?: (read: Snapshot) => readonly Key<Versioned>[];
  /**
   * Own keys that, like additional ones, are guarded only where they are written: a decision that leaves them as they are
   * is right as of the moment at which it read them.
   */
  readonly guardedIfWritten?: readonly Key<Versioned>[];
}

/** A page of an index. `cursor`, present when there may be more, continues behind it and is opaque. */
export interface Page<S> {
  readonly items: readonly S[];
  readonly cursor?: string;
}

/**
 * A query of an index. Without a `partition` the whole index is listed, partitions in no promised order; then `order` cannot be
 * descending.
 */
export interface Query {
  readonly index: string;
  readonly partition?: string;
  readonly limit: number;
  readonly cursor?: string;
  /** The last `sort` that is listed, in ascending order only. Default: no bound. */
  readonly until?: string;
  /** Of `sort`, as bytes of UTF-8. Default: ascending. */
  readonly order?: 'ascending' | 'descending';
}

/**
 * A service's table. Every write stores the state and its events in one item under a condition on its version, so
 * that they commit together or not at all. Expired items are absent to every call.
 *
 * Calls reject with a DomainError of kind `unavailable` when the store cannot be reached or stays contended, and with the
 * code `write-outcome-unknown` when it is not known whether a write was applied.
 */
export interface Table {
  /** The item's state as of now; with `consistent: false` possibly a moment old, for half the price. */
  get<S extends Versioned>(key: Key<S>, options?: { consistent?: boolean }): Promise<S | undefined>;

  /**
   * The items under at most 100 keys, in one request; each as of its own moment, so that two that change together may be
   * read before and after. With `consistent: false` possibly a moment old, for half the price.
   */
  read(keys: readonly Key<Versioned>[], options?: { consistent?: boolean }): Promise<Snapshot>;

  /** The states that exist, in no promised order; each key at most once. Possibly a moment old. */
  getMany<S extends Versioned>(keys: readonly Key<S>[]): Promise<S[]>;

  /**
   * Reads, decides, and writes under optimistic concurrency: when the item has changed since it was read, all of that is
   * repeated. `decide` must be pure: it may run any number of times. What it throws, update throws. Resolves to the
   * decision that was written, which is applied once.
   */
  update<S extends Versioned, D extends Decision<S>>(
    key: Key<S>,
    decide: (current: S | undefined) => D,
  ): Promise<D>;

  /** Stores the state unless one of the same or a later version is there. Resolves to whether it was stored. */
  putIfNewer<S extends Versioned>(key: Key<S>, state: S): Promise<boolean>;

  /**
   * As `update`, over several items at once: all writes commit or none. They name own keys or additional reads; at most
   * 100 items are own or written.
   */
  transact<R extends { readonly writes: readonly Write[] }>(
    keys: readonly Key<Versioned>[],
    decide: (read: Snapshot) => R,
    options?: TransactOptions,
  ): Promise<R>;

  /**
   * A page of an index. Rejects with a DomainError of kind `invalid` for a cursor that is not one of this list, in this
   * order, and with a RangeError for a descending order without a partition.
   */
  query<S extends Versioned>(kind: EntityType<S>, query: Query): Promise<Page<S>>;

  /** Resolves when the store answers. */
  ping(): Promise<void>;
}

/** A committed change of one item, as a record of the table's stream. */
export interface Change {
  /** The position in the stream: unique, and of one item's changes the later one is behind the earlier. */
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly before?: Image;
  readonly after?: Image;
  /** Whether the item expired, rather than being removed by a call. */
  readonly expired: boolean;
}

/** An item as it stood before or after a change. */
export interface Image {
  readonly version: number;
  readonly state: unknown;
  readonly events: readonly NewEvent[];
  readonly traceparent?: string;
}

/** A table's changes since a checkpoint that survives the process. */
export interface ChangeFeed {
  /** The oldest changes behind the checkpoint, in order, without moving it. Waits until there are some or the signal aborts. */
  read(limit: number, signal: AbortSignal): Promise<readonly Change[]>;
  /** Moves the checkpoint behind this change. */
  checkpoint(change: Change): Promise<void>;
}

/** Names an item of a kind. */
export function key<S extends Versioned>(kind: EntityType<S>, id: string): Key<S> {
  return { kind, id };
}

/** A write of a transaction. */
export function put<S extends Versioned>(key: Key<S>, state: S, events: readonly NewEvent[] = []): Write {
  return { key, state, events };
}
