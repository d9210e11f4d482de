import type { NewEvent } from '@tandem/contracts/events';
import type { IndexEntry, Versioned } from './table.ts';

/** An item as it is stored. `expiresAt` is seconds since the epoch. */
export interface Row {
  readonly pk: string;
  readonly version: number;
  readonly state: Versioned;
  readonly events: readonly NewEvent[];
  readonly traceparent?: string | undefined;
  readonly index?: IndexEntry | undefined;
  readonly expiresAt?: number | undefined;
}

/** An item as it is read; `expiresAt` is seconds since the epoch. */
export interface StoredState extends Pick<Row, 'pk' | 'version' | 'state' | 'expiresAt'> {
  /** Opaque, for the driver: by it a write that was decided on this item is recognised after its response was lost. */
  readonly lineage?: string | undefined;
}

/**
 * What must be stored under a key for a write to happen: nothing that is alive, exactly a version, or nothing alive
 * of this or a later version. `now` is seconds since the epoch.
 */
export type Condition =
  | { readonly is: 'absent'; readonly now: number }
  | { readonly is: 'version'; readonly version: number }
  | { readonly is: 'older'; readonly than: number; readonly now: number };

/** One part of a write: the condition, and the row to store; without a row it only checks. */
export interface Put {
  readonly pk: string;
  readonly condition: Condition;
  readonly row?: Row;
  /** The lineage of the item that the row was decided on, expired or not; absent where none was read. */
  readonly lineage?: string | undefined;
}

/** `refused`: a condition does not hold. `contended`: unknown, since another write is in progress. */
export type Outcome = 'written' | 'refused' | 'contended';

/** A place in an index; the order is by these fields, an index listed whole excepted. */
export interface Position {
  readonly partition: string;
  readonly sort: string;
  readonly pk: string;
}

/** A part of an index. `partition` absent means all of them, which have no order. Default order: ascending. */
export interface IndexQuery {
  readonly index: string;
  readonly partition?: string | undefined;
  readonly limit: number;
  readonly after?: Position | undefined;
  readonly until?: string | undefined;
  readonly order?: 'ascending' | 'descending' | undefined;
}

/** Rows with their places; `next` is there when the index goes on behind it. */
export interface IndexPage {
  readonly rows: readonly (StoredState & { readonly position: Position })[];
  readonly next?: Position | undefined;
}

/** A part of all items of a kind: page by page of one of `segments` disjoint parts of the table. */
export interface ScanQuery {
  readonly kind: string;
  /** From 0. */
  readonly segment: number;
  readonly segments: number;
  /** Number of items of the table to read; those of other kinds are left out of the page. */
  readonly limit: number;
  /** `next` of an earlier page of the segment. */
  readonly after?: string | undefined;
}

/** Items in no promised order; `next` is there when the segment goes on behind them, and opaque. */
export interface ScanPage {
  readonly rows: readonly StoredState[];
  readonly next?: string | undefined;
}

/** The interface of a store. Only conditions with `now` consider expiry. */
export interface Driver {
  /** The items under these distinct keys, in no promised order. */
  readonly read: (
    pks: readonly string[],
    options: { consistent: boolean },
  ) => Promise<readonly StoredState[]>;
  /** All puts, of distinct keys, or none. Rejects with `write-outcome-unknown` where it is not known which. */
  readonly write: (puts: readonly Put[]) => Promise<Outcome>;
  readonly queryIndex: (query: IndexQuery) => Promise<IndexPage>;
  /** Reads the whole table, consistently: for audits, not for requests. */
  readonly scan: (query: ScanQuery) => Promise<ScanPage>;
  /** Resolves when the store answers. */
  readonly ping: () => Promise<void>;
}
