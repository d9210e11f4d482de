import type { Key, Versioned } from './table.ts';

/** A key as it is stored. Throws for a kind whose name holds a `#`. */
export function pkOf<S extends Versioned>({ kind, id }: Key<S>): string {
  if (kind.name.includes('#')) throw new Error(`A kind's name holds no '#': ${kind.name}`);
  return `${kind.name}#${id}`;
}

/** The kind's name and the id in a stored key. */
export function partsOf(pk: string): { kind: string; key: string } {
  const separator = pk.indexOf('#');
  return { kind: pk.slice(0, separator), key: pk.slice(separator + 1) };
}
