import type { Row } from './driver.ts';
import { checkEntry, pkOf } from './pk.ts';
import type { Key, Versioned } from './table.ts';

/** The row that stores a state and its events, with its index entry and its expiry. */
export function rowOf<S extends Versioned>(
  { kind, id }: Key<S>,
  state: S,
  events: Row['events'],
  traceparent?: string,
): Row {
  const index = kind.index?.(state);
  if (index?.partition === '' || index?.sort === '')
    throw new Error(`${kind.name}: the index entry has an empty key`);
  if (index) checkEntry(index);
  return {
    pk: pkOf({ kind, id }),
    version: state.version,
    state,
    events,
    traceparent,
    index,
    expiresAt: kind.expiresAt?.(state),
  };
}
