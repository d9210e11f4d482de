import { ID_BYTES } from './inbox-events.ts';
import type { Key, Table, Versioned } from './table.ts';

/** What the events of a batch added, with their ids. Never changes. */
export interface LogBatch extends Versioned {
  readonly version: 1;
  /** Ids of the events, one after the other. */
  readonly ids: Uint8Array;
  /** Slots of the events' times. */
  readonly slots: readonly number[];
}

/** Head of a log: what its batches added in all. */
export interface LogHead extends Versioned {
  /** Number of the log's batches: their numbers are 1 to `batches`. */
  readonly batches: number;
  /** Number of the first batch with an event of each slot: an event of that slot is in none before it. */
  readonly firsts: Readonly<Record<string, number>>;
}

/** Keys of a log's items. */
export interface LogKeys<H extends LogHead, B extends LogBatch> {
  readonly head: Key<H>;
  batch(number: number): Key<B>;
}

const SLOT_MS = 30 * 60 * 1_000;
/** A day: in a log of more than that, slots of the same time of day share their first batch, so that more batches are read. */
const SLOTS = 48;
/** Keys of one read. */
const READ_LIMIT = 100;

/** Slot of a time, in milliseconds since the epoch. */
export function slotOf(time: number): number {
  return Math.floor(time / SLOT_MS) % SLOTS;
}

export function packIds(ids: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(ids.join(''), 'latin1'));
}

function unpackIds(packed: Uint8Array): readonly string[] {
  const text = Buffer.from(packed).toString('latin1');
  return Array.from({ length: text.length / ID_BYTES }, (_, i) =>
    text.slice(i * ID_BYTES, (i + 1) * ID_BYTES),
  );
}

/** `firsts` after one more batch. */
export function withSlots(
  firsts: LogHead['firsts'],
  { number, slots }: { number: number; slots: readonly number[] },
): LogHead['firsts'] {
  return { ...Object.fromEntries(slots.map((slot) => [slot, number])), ...firsts };
}

/** Whether an id is among those of some batches. */
export type HasId = (id: string) => boolean;

/**
 * Creates a reader of the ids of a log's batches. It keeps those of the last batches that it has read or been told of: a batch never
 * changes.
 */
export function createIdReader(table: Table) {
  const kept = new Map<string, ReadonlySet<string>>();

  const keep = <B extends LogBatch>({ kind, id }: Key<B>, { ids: packed }: B): ReadonlySet<string> => {
    const ids = new Set(unpackIds(packed));
    kept.set(`${kind.name}#${id}`, ids);
    const [oldest] = kept.keys();
    if (kept.size > READ_LIMIT && oldest !== undefined) kept.delete(oldest);
    return ids;
  };

  /** Ids of these batches, of at most `READ_LIMIT`. */
  async function idsOf<B extends LogBatch>(keys: readonly Key<B>[]): Promise<readonly ReadonlySet<string>[]> {
    const known = keys.flatMap(({ kind, id }) => kept.get(`${kind.name}#${id}`) ?? []);
    const missing = keys.filter(({ kind, id }) => !kept.has(`${kind.name}#${id}`));
    if (missing.length === 0) return known;
    const read = await table.read(missing);
    const found = missing.map((key) => {
      const batch = read.get(key);
      if (!batch) throw new Error(`batch ${key.id} of a log is missing`);
      return keep(key, batch);
    });
    return [...known, ...found];
  }

  return {
    keep,

    /** Reads the ids of the batches of a log, at least of those with events of these slots. */
    async read<H extends LogHead, B extends LogBatch>(
      keys: LogKeys<H, B>,
      head: H | undefined,
      slots: readonly number[],
    ): Promise<HasId> {
      const last = head?.batches ?? 0;
      const first = Math.min(last + 1, ...slots.flatMap((slot) => head?.firsts[slot] ?? []));
      const sets: ReadonlySet<string>[] = [];
      for (let from = first; from <= last; from += READ_LIMIT) {
        const count = Math.min(READ_LIMIT, last - from + 1);
        sets.push(...(await idsOf(Array.from({ length: count }, (_, i) => keys.batch(from + i)))));
      }
      return (id) => sets.some((ids) => ids.has(id));
    },
  };
}
