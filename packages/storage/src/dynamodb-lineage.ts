import { randomUUID } from 'node:crypto';

/**
 * Lineage of an item: the concatenated ids of its last writes, newest last. If the response to a write was lost, its id in
 * the lineage proves that it was applied, even if other writes followed.
 */

/** Length of the id of a write. */
export const ID_CHARS = 6;
const MAX_IDS = 20;

/** Id before the first write of an item; ids of writes contain no dots. */
const START = '.'.repeat(ID_CHARS);

/**
 * Creates an id of 36 random bits, in base64url: those before the version of a UUID, for which Node.js keeps random bytes in
 * store, while `randomBytes` asks the system each time.
 */
export function newWriteId(): string {
  const hex = randomUUID().slice(0, 13).replace('-', '');
  return Buffer.from(hex, 'hex').toString('base64url').slice(0, ID_CHARS);
}

/** The lineage after a further write. `lineage` is undefined if no item was read. */
export function extendLineage(lineage: string | undefined, id: string): string {
  return ((lineage ?? START) + id).slice(-MAX_IDS * ID_CHARS);
}

/**
 * Whether a write was applied, by the lineage that is stored and the one that was read before the write. `unknown`: the
 * stored lineage does not go back to the one that was read, as too many writes followed, or one that replaced it.
 */
export function evidenceOf(
  id: string,
  { stored, read }: { stored: string | undefined; read: string | undefined },
): 'applied' | 'not-applied' | 'unknown' {
  const ids = idsOf(stored ?? '');
  if (ids.includes(id)) return 'applied';
  return ids.includes((read ?? START).slice(-ID_CHARS)) ? 'not-applied' : 'unknown';
}

function idsOf(lineage: string): string[] {
  return Array.from({ length: lineage.length / ID_CHARS }, (_, i) =>
    lineage.slice(i * ID_CHARS, (i + 1) * ID_CHARS),
  );
}
