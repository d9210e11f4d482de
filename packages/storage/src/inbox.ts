import { type Applied, runInEventTrace } from '@tandem/chassis/messaging/consumer';
import { isUnavailable } from '@tandem/chassis/messaging/retry';
import type { Metrics } from '@tandem/chassis/metrics';
import type { TandemEvent } from '@tandem/contracts/events';
import { idOf, timestampOf } from './inbox-events.ts';
import {
  createIdReader,
  type LogBatch,
  type LogHead,
  type LogKeys,
  packIds,
  slotOf,
  withSlots,
} from './inbox-log.ts';
import { CONTENTION_LIMIT_MS, untilWritten } from './retry.ts';
import type { Table } from './table.ts';

export interface InboxOptions {
  readonly table: Table;
  readonly metrics: Pick<Metrics, 'count'>;
  /** Clock, in milliseconds since the epoch. Default: the system's. */
  readonly now?: () => number;
}

/**
 * What events add to logs, such as one for each day. All functions must be pure: they may run several times. The items of a log must be
 * kept for the replay horizon after the last of its events.
 */
export interface Effect<H extends LogHead, B extends LogBatch> {
  /** Name of the log that an event belongs to, by the event alone. */
  logOf(event: TandemEvent): string;
  keysOf(log: string): LogKeys<H, B>;
  /** What events of one log add, none of which was applied before: stored as one item. */
  batchOf(log: string, events: readonly TandemEvent[]): Omit<B, keyof LogBatch>;
  /** The head's own fields after one more batch. `head` is undefined before the first. */
  add(log: string, head: H | undefined, batch: B): Omit<H, keyof LogHead>;
  /** Upper bound of the bytes that an event adds to its batch. Default: 100. */
  bytesOf?(event: TandemEvent): number;
}

/** Applies each event exactly once: its id is stored in the item of its effect. */
export interface Inbox {
  /**
   * Applies the events of a batch that were not applied before, in few writes. Resolves to one outcome for each event, in their
   * order: also a duplicate is `applied`. An event that cannot be applied fails alone; once the store is unavailable, the
   * remaining events fail with its error.
   */
  apply<H extends LogHead, B extends LogBatch>(
    events: readonly TandemEvent[],
    effect: Effect<H, B>,
  ): Promise<readonly Applied[]>;
}

/** Events that are older when they arrive change nothing: it is no longer known whether they were applied. */
export const REPLAY_HORIZON_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1_000;

const MAX_EVENTS = 1_000;
/** Far below DynamoDB's limit of 400 KB of an item. */
const MAX_BYTES = 200_000;
const DEFAULT_BYTES = 100;

/** An event to apply. */
interface Entry {
  readonly event: TandemEvent;
  readonly id: string;
  readonly log: string;
  readonly time: number;
  readonly bytes: number;
}

/**
 * Creates an inbox on a table. Ids and effect of a batch are one item, which is appended to a log: the item with the next number, on
 * condition that there is none. A process that is killed before it counts the batch in the log's head leaves that to the next one, which
 * cannot append before. A duplicate finds the id of the first delivery however late it is, up to the replay horizon.
 */
export function createInbox({ table, metrics, now = Date.now }: InboxOptions): Inbox {
  const known = createIdReader(table);

  /** Appends what the new ones of these events, all of one log, add. */
  const append = async <H extends LogHead, B extends LogBatch>(
    log: string,
    part: readonly Entry[],
    effect: Effect<H, B>,
  ): Promise<void> => {
    const keys = effect.keysOf(log);
    const attempt = async () => {
      const head = await table.get(keys.head);
      const isApplied = await known.read(keys, head, slotsOf(part));
      const entries = part.filter(({ id }) => !isApplied(id));
      if (entries.length === 0) return { result: undefined };
      const number = (head?.batches ?? 0) + 1;
      const batch = {
        version: 1,
        ids: packIds(entries.map(({ id }) => id)),
        slots: slotsOf(entries),
        ...effect.batchOf(
          log,
          entries.map(({ event }) => event),
        ),
      } as B;
      const stored = await table.update(keys.batch(number), (current) => ({
        state: current ?? batch,
        events: [],
      }));
      known.keep(keys.batch(number), stored.state ?? batch);
      await count(log, number, stored.state ?? batch, effect);
      return stored.state === batch ? { result: undefined } : undefined;
    };
    await untilWritten(performance.now() + CONTENTION_LIMIT_MS, attempt, () => undefined);
  };

  /** Adds a batch to the head of its log, unless it has been. */
  const count = <H extends LogHead, B extends LogBatch>(
    log: string,
    number: number,
    batch: B,
    effect: Effect<H, B>,
  ) =>
    table.update(effect.keysOf(log).head, (head) => {
      if (head && head.batches >= number) return { state: head, events: [] };
      const firsts = withSlots(head?.firsts ?? {}, { number, slots: batch.slots });
      const own = effect.add(log, head, batch);
      const state = { ...own, version: (head?.version ?? 0) + 1, batches: number, firsts } as unknown as H;
      return { state, events: [] };
    });

  return {
    async apply(events, effect) {
      const outcomes = new Map<string, Applied>();
      const ids = events.map(idOf);
      const horizon = now() - REPLAY_HORIZON_DAYS * DAY_MS;
      const entries = new Map<string, Entry>();
      for (const [position, event] of events.entries()) {
        const id = ids[position] ?? idOf(event);
        if (entries.has(id) || outcomes.has(id)) continue;
        const time = Date.parse(timestampOf(event));
        if (time < horizon) {
          metrics.count('EventsBeyondHorizon');
          outcomes.set(id, { status: 'applied' });
          continue;
        }
        try {
          const bytes = effect.bytesOf?.(event) ?? DEFAULT_BYTES;
          entries.set(id, { event, id, log: effect.logOf(event), time, bytes });
        } catch (error) {
          outcomes.set(id, { status: 'failed', error });
        }
      }

      const pending = partsOf([...entries.values()]);
      let unavailable: Applied | undefined;
      for (let part = pending.shift(); part; part = pending.shift()) {
        const [first] = part;
        if (!first) continue;
        const outcome = unavailable ?? (await outcomeOf(first.event, () => append(first.log, part, effect)));
        if (isUnavailable(outcome)) unavailable = outcome;
        if (outcome.status === 'applied' || unavailable || part.length === 1) {
          for (const { id } of part) outcomes.set(id, outcome);
        } else {
          // By halves, a bad event among a thousand costs twenty batches.
          const half = Math.ceil(part.length / 2);
          pending.unshift(part.slice(0, half), part.slice(half));
        }
      }
      return ids.map((id) => outcomes.get(id) ?? { status: 'failed', error: new Error('no outcome') });
    },
  };
}

function slotsOf(entries: readonly Entry[]): readonly number[] {
  return [...new Set(entries.map(({ time }) => slotOf(time)))];
}

/** The events of each log in the order of their times, split by the limits of an item. */
function partsOf(entries: readonly Entry[]): (readonly Entry[])[] {
  return [...Map.groupBy(entries, ({ log }) => log).values()].flatMap((ofLog) => {
    const parts: Entry[][] = [];
    let bytes = 0;
    for (const entry of ofLog.toSorted((a, b) => a.time - b.time)) {
      const last = parts.at(-1);
      if (last && last.length < MAX_EVENTS && bytes + entry.bytes <= MAX_BYTES) {
        last.push(entry);
        bytes += entry.bytes;
      } else {
        parts.push([entry]);
        bytes = entry.bytes;
      }
    }
    return parts;
  });
}

function outcomeOf(event: TandemEvent, work: () => Promise<unknown>): Promise<Applied> {
  return runInEventTrace(event, work).then(
    (): Applied => ({ status: 'applied' }),
    (error: unknown): Applied => ({ status: 'failed', error }),
  );
}
