import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { NewEvent } from '@tandem/contracts/events';
import { createTable } from '../create-table.ts';
import type { Driver } from '../driver.ts';
import type { Change, ChangeFeed, EntityType, Table } from '../table.ts';

/** An empty store with the index `byGroup`. */
export interface Store {
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  readonly close: () => Promise<void>;
}

export interface Thing {
  readonly version: number;
  readonly count: number;
  readonly group?: string | undefined;
  readonly rank?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly data?: unknown;
}

export const thing: EntityType<Thing> = {
  name: 'thing',
  index: ({ group, rank }) =>
    group === undefined || rank === undefined
      ? undefined
      : { index: 'byGroup', partition: group, sort: rank },
  expiresAt: ({ expiresAt }) => expiresAt,
};

/** A table with its store and a mocked clock. */
export interface StoreContext {
  readonly table: Table;
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  readonly clock: { now: number };
  readonly conflicts: () => number;
  /** Creates another table on the store, as another process would, or on a wrapped driver. */
  readonly openTable: (driver?: Driver) => Table;
}

/** A test with its own store. */
export function test(
  name: string,
  open: () => Promise<Store>,
  body: (context: StoreContext) => Promise<void>,
): void {
  it(name, async () => {
    const { driver, feed, close } = await open();
    const clock = { now: Date.now() };
    let conflicts = 0;
    const openTable = (wrappedDriver = driver) =>
      createTable(wrappedDriver, {
        now: () => clock.now,
        traceparent: () => '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
        onConflict: () => conflicts++,
      });
    try {
      await body({ table: openTable(), driver, feed, clock, conflicts: () => conflicts, openTable });
    } finally {
      await close();
    }
  });
}

/** An event that is identified by its `requestId`. */
export function sampleEvent(requestId: string): NewEvent {
  return { eventType: 'ProductSnapshotRequested', requestId, timestamp: '2026-02-14T15:00:00Z' };
}

/** Decision: adds to the count. */
export function add(count: number, ...events: NewEvent[]) {
  return (current: Thing | undefined) => ({
    state: { ...current, version: (current?.version ?? 0) + 1, count: (current?.count ?? 0) + count },
    events,
  });
}

/** Decision: replaces the state. */
export function setTo(state: Omit<Thing, 'version'>, ...events: NewEvent[]) {
  return (current: Thing | undefined) => ({
    state: { ...state, version: (current?.version ?? 0) + 1 },
    events,
  });
}

/** Reads and acknowledges all changes up to the one with the event `last`. */
export async function changesUntil(feed: ChangeFeed, last: string): Promise<Change[]> {
  const changes: Change[] = [];
  const signal = AbortSignal.timeout(20_000);
  while (!changes.some((change) => eventIds(change).includes(last))) {
    const batch = await feed.read(7, signal);
    assert.ok(!signal.aborted, `no change with the event ${last} within 20 s`);
    for (const change of batch) {
      changes.push(change);
      await feed.checkpoint(change);
    }
  }
  return changes;
}

export function eventIds({ after }: Change): string[] {
  return (after?.events ?? []).flatMap((event) => ('requestId' in event ? [event.requestId] : []));
}
