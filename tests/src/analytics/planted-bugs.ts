import { packProducts } from '@tandem/analytics/store/packed';
import type { StoredState } from '@tandem/storage/driver';
import { DAY_MS } from './event-log.ts';
import type { PlantedBug } from './instance.ts';

/** A bug that changes the state of the items of an entity type when they are read. */
function onRead(kind: string, change: (state: Record<string, unknown>, pk: string) => object): PlantedBug {
  return {
    onRead: (row): StoredState => {
      if (!row.pk.startsWith(`${kind}#`)) return row;
      const state = row.state as unknown as Record<string, unknown>;
      return { ...row, state: { ...state, ...change(state, row.pk) } as unknown as StoredState['state'] };
    },
  };
}

const NONE = packProducts({});
const isBatch = ({ pk }: { readonly pk: string }) => pk.startsWith('batch#');
/** Holds for any batch, as its version is 1. */
const ANY = { is: 'older', than: 2, now: 0 } as const;

/** Bugs that the comparison of the figures must reveal. */
export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  'the inbox knows no ids': onRead('batch', () => ({ ids: new Uint8Array() })),
  'the inbox knows the ids of the last batch only': onRead('day', ({ firsts, batches }) => ({
    firsts: Object.fromEntries(Object.keys(firsts as object).map((slot) => [slot, batches])),
  })),
  'the next batch takes the number of one that was not counted': {
    split: (puts) => [puts.map((put) => (isBatch(put) ? { ...put, condition: ANY } : put))],
  },
  'a compaction loses a batch': onRead('batch', (_, pk) => (pk.endsWith('7') ? { products: NONE } : {})),
  'a repeated compaction adds its batches again': onRead('totals', () => ({ through: 0 })),
  'a compaction forgets the totals before it': onRead('totals', () => ({ products: NONE })),
  'a compaction forgets the hours before it': onRead('details', () => ({ products: NONE })),
  'a duplicate half a day later counts for the day on which it arrives': {
    onEvent: (event, now) =>
      'timestamp' in event && now - Date.parse(event.timestamp) > DAY_MS / 2
        ? { ...event, timestamp: new Date(now).toISOString() }
        : event,
  },
  'an event that fails in a batch is acknowledged': { acknowledgesFailures: true },
  'the last name to arrive is stored': {
    onEvent: (event, now) => ('name' in event ? { ...event, version: now } : event),
  },
};
