import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent, TandemEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import * as fc from 'fast-check';

/** Time of all changes: the order of the events follows from their versions only. */
export const NOW = '2026-02-14T15:00:00.000Z';
export const moment = { now: NOW, expiresAt: '2026-02-21T15:00:00.000Z' };

/** Opens an empty table in memory. */
export function openTable() {
  const { driver, feed, close } = openSqlite(':memory:');
  return { table: createTable(driver, { now: () => Date.parse(NOW) }), feed, [Symbol.dispose]: close };
}

/** Applies a batch; rejects if an event fails. */
export async function deliver(apply: ApplyBatch, events: readonly TandemEvent[]): Promise<void> {
  for (const outcome of await apply(events)) if (outcome.status === 'failed') throw outcome.error;
}

/** Creates an arbitrary of deliveries: all events in any order, some of them repeated, in batches of up to ten. */
export function deliveriesOf(events: readonly TandemEvent[]): fc.Arbitrary<TandemEvent[][]> {
  const repeated =
    events.length === 0
      ? fc.constant([])
      : fc.array(fc.constantFrom(...events), { maxLength: events.length });
  return fc
    .tuple(repeated, fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 5 }))
    .chain(([repeated, sizes]) => {
      const all = [...events, ...repeated];
      return fc.shuffledSubarray(all, { minLength: all.length }).map((order) => inBatches(order, sizes));
    });
}

/** Reads events as a consumer does. */
export function readEvents(events: readonly NewEvent[]): TandemEvent[] {
  return events.map((event, position) => {
    const result = readEvent(JSON.stringify({ ...event, eventId: String(position), schemaVersion: 1 }));
    if (!result.ok) throw new Error(JSON.stringify(result));
    return result.event;
  });
}

/** Runs a decision; returns undefined if the domain rejects it. */
export function ifAllowed<T>(decide: () => T): T | undefined {
  try {
    return decide();
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function inBatches<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length;) {
    const size = sizes[batches.length % sizes.length] ?? 1;
    batches.push(items.slice(start, start + size));
    start += size;
  }
  return batches;
}
