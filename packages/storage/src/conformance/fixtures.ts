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

export interface World {
  readonly table: Table;
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  readonly clock: { now: number };
  readonly conflicts: () => number;
  /** Another handle on the store, as another process has it, or on a driver around the store's. */
  readonly tableOver: (driver?: Driver) => Table;
}

/** A test that has a store of its own. */
export function test(name: string, open: () => Promise<Store>, body: (world: World) => Promise<void>): void {
  it(name, async () => {
    const { driver, feed, close } = await open();
    const clock = { now: Date.now() };
    let conflicts = 0;
    const tableOver = (around = driver) =>
      createTable(around, {
        now: () => clock.now,
        traceparent: () => '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
        onConflict: () => conflicts++,
      });
    try {
      await body({ table: tableOver(), driver, feed, clock, conflicts: () => conflicts, tableOver });
    } finally {
      await close();
    }
  });
}

export function happened(requestId: string): NewEvent {
  return { eventType: 'ProductSnapshotRequested', requestId, timestamp: '2026-02-14T15:00:00Z' };
}

/** The decision to count further. */
export function add(count: number, ...events: NewEvent[]) {
  return (current: Thing | undefined) => ({
    state: { ...current, version: (current?.version ?? 0) + 1, count: (current?.count ?? 0) + count },
    events,
  });
}

/** The decision to have exactly this. */
export function become(state: Omit<Thing, 'version'>, ...events: NewEvent[]) {
  return (current: Thing | undefined) => ({
    state: { ...state, version: (current?.version ?? 0) + 1 },
    events,
  });
}

/** All changes up to the one that carries the event `last`, each acknowledged. */
export async function changesUntil(feed: ChangeFeed, last: string): Promise<Change[]> {
  const seen: Change[] = [];
  const signal = AbortSignal.timeout(20_000);
  while (!seen.some((change) => eventIds(change).includes(last))) {
    const changes = await feed.read(7, signal);
    assert.ok(!signal.aborted, `the change ${last} never came`);
    for (const change of changes) {
      seen.push(change);
      await feed.checkpoint(change);
    }
  }
  return seen;
}

export function eventIds({ after }: Change): string[] {
  return (after?.events ?? []).flatMap((event) => ('requestId' in event ? [event.requestId] : []));
}
