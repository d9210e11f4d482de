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

/** What reading an item gives; `expiresAt` is seconds since the epoch. */
export type StoredState = Pick<Row, 'pk' | 'version' | 'state' | 'expiresAt'>;

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
}

/** `refused`: a condition does not hold. `contended`: nobody can say, another write is under way. */
export type Outcome = 'written' | 'refused' | 'contended';

/** A place in an index; the order is by these fields, an index listed whole excepted. */
export interface Position {
  readonly partition: string;
  readonly sort: string;
  readonly pk: string;
}

/** A part of an index. `partition` absent means all of them. */
export interface IndexQuery {
  readonly index: string;
  readonly partition?: string | undefined;
  readonly limit: number;
  readonly after?: Position | undefined;
}

/** Rows with their places; `next` is there when the index goes on behind it. */
export interface IndexPage {
  readonly rows: readonly (StoredState & { readonly position: Position })[];
  readonly next?: Position | undefined;
}

/** What a store must be able to do. Expiry is only looked at where a condition says `now`. */
export interface Driver {
  /** What is stored under these distinct keys, in no promised order. */
  readonly read: (
    pks: readonly string[],
    options: { consistent: boolean },
  ) => Promise<readonly StoredState[]>;
  /** All puts, of distinct keys, or none. */
  readonly write: (puts: readonly Put[]) => Promise<Outcome>;
  readonly queryIndex: (query: IndexQuery) => Promise<IndexPage>;
  /** Resolves when the store answers. */
  readonly ping: () => Promise<void>;
}
