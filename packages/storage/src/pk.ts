import { DomainError } from '@tandem/chassis/errors';
import type { IndexEntry, Key, Versioned } from './table.ts';

/** DynamoDB's limits of keys in bytes, kept by every store so that none takes what another refuses. */
const MAX_PARTITION_BYTES = 2_048;
const MAX_SORT_BYTES = 1_024;

/** A key as it is stored. Throws a DomainError of kind `invalid` for an id that no store could keep as it is. */
export function pkOf<S extends Versioned>({ kind, id }: Key<S>): string {
  return checked(pkPrefix(kind.name) + id, MAX_PARTITION_BYTES);
}

/** Prefix of the stored keys of a kind. */
export function pkPrefix(kind: string): string {
  if (kind.includes('#')) throw new Error(`A kind's name holds no '#': ${kind}`);
  return `${kind}#`;
}

/** The kind's name and the id in a stored key. */
export function partsOf(pk: string): { kind: string; key: string } {
  const separator = pk.indexOf('#');
  return { kind: pk.slice(0, separator), key: pk.slice(separator + 1) };
}

/** The entry, if every store can keep it; throws a DomainError of kind `invalid` otherwise. */
export function checkedEntry(entry: IndexEntry): IndexEntry {
  checked(entry.partition, MAX_PARTITION_BYTES);
  checked(entry.sort, MAX_SORT_BYTES);
  return entry;
}

function checked(key: string, maxBytes: number): string {
  if (key.isWellFormed() && Buffer.byteLength(key) <= maxBytes) return key;
  throw new DomainError(
    'invalid',
    'unusable-key',
    `An id or category must be well-formed text of at most ${maxBytes} bytes.`,
  );
}
