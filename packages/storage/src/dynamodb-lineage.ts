import { randomBytes } from 'node:crypto';

/**
 * The lineage of an item: the ids of its last writes, newest last, concatenated. A write whose response was lost finds
 * its id there, also when others wrote after it.
 */

const ID_CHARS = 6;
const MAX_IDS = 20;

/** Stands for the time before an item's first write; no id has dots. */
const START = '.'.repeat(ID_CHARS);

/** An id of 36 random bits, in base64url. */
export function newWriteId(): string {
  return randomBytes(ID_CHARS).toString('base64url').slice(0, ID_CHARS);
}

/** The lineage after a further write; `lineage` is undefined where no item was read. */
export function extendLineage(lineage: string | undefined, id: string): string {
  return ((lineage ?? START) + id).slice(-MAX_IDS * ID_CHARS);
}

/**
 * Whether a write was applied, by the lineage that is stored now and the one it was decided on. `unknown`: so many
 * writes followed (or one that replaces the lineage) that the stored one does not reach back to what was read.
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
