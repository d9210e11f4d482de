import type { NewEvent } from '@tandem/contracts/events';
import type { IndexEntry, Versioned } from './table.ts';

/** An item to store. `expiresAt` is seconds since the epoch. */
export interface Row {
  readonly pk: string;
  readonly version: number;
  readonly state: Versioned;
  readonly events: readonly NewEvent[];
  readonly traceparent?: string | undefined;
  readonly index?: IndexEntry | undefined;
  readonly expiresAt?: number | undefined;
}

/** An item that was read, without its events. `expiresAt` is seconds since the epoch. */
export interface StoredState extends Pick<Row, 'pk' | 'version' | 'state' | 'expiresAt'> {
  /** Opaque to callers: lets the driver find out whether a write was applied although its response was lost. */
  readonly lineage?: string | undefined;
}

/**
 * Condition of a write: `absent` requires no live item, `version` exactly this version, `older` no live item of this or a
 * later version. `now` is seconds since the epoch.
 */
export type Condition =
  | { readonly is: 'absent'; readonly now: number }
  | { readonly is: 'version'; readonly version: number }
  | { readonly is: 'older'; readonly than: number; readonly now: number };

/** Conditional write of one item. Without a row, only the condition is checked. */
export interface Put {
  readonly pk: string;
  readonly condition: Condition;
  readonly row?: Row;
  /** Lineage of the item on which the row is based, expired or not; absent if no item was read. */
  readonly lineage?: string | undefined;
}

/** `rejected`: a condition does not hold. `contended`: not written, since another write is in progress. */
export type Outcome = 'written' | 'rejected' | 'contended';

/** A position in an index. Entries of a partition are ordered by `sort` and `pk`. */
export interface Position {
  readonly partition: string;
  readonly sort: string;
  readonly pk: string;
}

/** A query of an index. Without `partition` the whole index is read, in no defined order. Default order: ascending. */
export interface IndexQuery {
  readonly index: string;
  readonly partition?: string | undefined;
  readonly limit: number;
  readonly after?: Position | undefined;
  readonly until?: string | undefined;
  /** Only rows whose key begins with this text, of at most `limit` entries. Default: all rows. */
  readonly pkPrefix?: string | undefined;
  readonly order?: 'ascending' | 'descending' | undefined;
}

/** Rows with their positions. `next` continues after this page; absent on the last page. */
export interface IndexPage {
  readonly rows: readonly (StoredState & { readonly position: Position })[];
  readonly next?: Position | undefined;
}

/** A page of a parallel scan for the items of an entity type: of one of `segments` disjoint segments of the table. */
export interface ScanQuery {
  readonly kind: string;
  /** From 0. */
  readonly segment: number;
  readonly segments: number;
  /** Number of items to read; those of other entity types are not returned. */
  readonly limit: number;
  /** `next` of the previous page of the segment. */
  readonly after?: string | undefined;
}

/** Items in no defined order. `next` is opaque and continues after this page; absent on the last page of the segment. */
export interface ScanPage {
  readonly rows: readonly StoredState[];
  readonly next?: string | undefined;
}

/** Interface of a store. Only conditions with `now` consider expiry. */
export interface Driver {
  /** Reads the items with these distinct keys, in no defined order. */
  readonly read: (
    pks: readonly string[],
    options: { consistent: boolean },
  ) => Promise<readonly StoredState[]>;
  /**
   * Applies all puts, which have distinct keys, or none. Rejects with `write-outcome-unknown` if it cannot be found out
   * whether they were applied.
   */
  readonly write: (puts: readonly Put[]) => Promise<Outcome>;
  readonly queryIndex: (query: IndexQuery) => Promise<IndexPage>;
  /** Reads a page of the whole table with strongly consistent reads: for audits, not for requests. */
  readonly scan: (query: ScanQuery) => Promise<ScanPage>;
  /** Resolves if the store responds, also with a refusal for want of capacity. */
  readonly ping: () => Promise<void>;
}
