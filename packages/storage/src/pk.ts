import { DomainError } from '@tandem/chassis/errors';
import type { IndexEntry, Key, Versioned } from './table.ts';

/** DynamoDB's limits of keys in bytes. Every store enforces them, so that all stores accept the same keys. */
const MAX_PARTITION_BYTES = 2_048;
const MAX_SORT_BYTES = 1_024;

/** The partition key of an item. Throws a DomainError of kind `invalid` for an id that cannot be stored. */
export function pkOf<S extends Versioned>({ kind, id }: Key<S>): string {
  return checkKey(pkPrefix(kind.name) + id, MAX_PARTITION_BYTES);
}

/** Prefix of the partition keys of an entity type. */
export function pkPrefix(kind: string): string {
  if (kind.includes('#')) throw new Error(`The name of an entity type must not contain '#': ${kind}`);
  return `${kind}#`;
}

/** The name of the entity type and the id in a partition key. */
export function partsOf(pk: string): { kind: string; key: string } {
  const separator = pk.indexOf('#');
  return { kind: pk.slice(0, separator), key: pk.slice(separator + 1) };
}

/** Throws a DomainError of kind `invalid` for an index entry that cannot be stored. */
export function checkEntry(entry: IndexEntry): void {
  checkKey(entry.partition, MAX_PARTITION_BYTES);
  checkKey(entry.sort, MAX_SORT_BYTES);
}

function checkKey(key: string, maxBytes: number): string {
  if (key.isWellFormed() && Buffer.byteLength(key) <= maxBytes) return key;
  throw new DomainError(
    'invalid',
    'unusable-key',
    `The id or category is not well-formed Unicode of at most ${maxBytes} bytes. Choose another one.`,
  );
}
