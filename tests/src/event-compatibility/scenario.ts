import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { EventType } from '@tandem/contracts/events';
import { atRest } from '../support/queues.ts';
import { until } from '../support/until.ts';
import type { EventRecorder, RecordedEvent } from './event-recorder.ts';

type Counts = Partial<Record<EventType, number>>;

/** Scenario whose recorded events are the same in every run. */
export interface Scenario {
  /** Runs work that publishes exactly these numbers of events by type; resolves to the events once the system is at rest. */
  readonly step: (expected: Counts, work: () => Promise<unknown>) => Promise<readonly RecordedEvent[]>;
  /** Replaces a random id by a name. */
  readonly nameId: (id: string, name: string) => void;
  /** All recorded events, in an order without chance and with names in the place of random ids. */
  readonly events: () => readonly RecordedEvent[];
}

/** Duration of holds in the recorded events, however short it was in the run. */
const HOLD_SECONDS = 900;
const FIRST_TIME = Date.parse('2026-02-14T15:00:00Z');

/** Creates a scenario on a system with these queues and this recorder. */
export function createScenario(aws: string, queues: readonly string[], recorder: EventRecorder): Scenario {
  const names = new Map<string, string>();
  const steps: (readonly RecordedEvent[])[] = [];
  let recordedCount = 0;

  const withNames = (step: readonly RecordedEvent[]): readonly RecordedEvent[] =>
    JSON.parse(
      [...names].reduce((text, [id, name]) => text.replaceAll(id, name), JSON.stringify(step)),
    ) as readonly RecordedEvent[];

  return {
    async step(expected, work) {
      await work();
      const counts = () => countsOf(recorder.events.slice(recordedCount));
      await until(counts, (current) => isDeepStrictEqual(current, expected), { deadlineMs: 30_000 });
      await atRest(aws, queues);
      assert.deepEqual(counts(), expected);
      const step = recorder.events.slice(recordedCount);
      recordedCount = recorder.events.length;
      steps.push(step);
      return step;
    },
    nameId: (id, name) => void names.set(id, name),
    events: () => steps.flatMap((step) => withNames(step).toSorted(byChannelAndId)),
  };
}

function countsOf(events: readonly RecordedEvent[]): Readonly<Record<string, number>> {
  const byType = Map.groupBy(events, ({ event }) => String(event['eventType']));
  return Object.fromEntries([...byType].map(([type, { length }]) => [type, length]));
}

/**
 * Orders the events of a step, which have no order between topics, and none that is the same in each run within a topic. A
 * deletion comes first: the other events of its step are by carts that have not received it.
 */
function byChannelAndId(a: RecordedEvent, b: RecordedEvent): number {
  const [first = '', second = ''] = [a, b].map(
    ({ channel, event }) =>
      `${event['eventType'] === 'ProductDeleted' ? '' : channel} ${String(event['eventId'])}`,
  );
  return first.localeCompare(second, 'en', { numeric: true });
}

/** The events at one per second; snapshots have the time of their product's last change. */
export function withFixedTimes(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const changedAt = new Map<string, string>();
  return events.map(({ channel, event }, position) => {
    const { eventId, productId, version = eventId } = event;
    const state = `${String(productId)}/${String(version)}`;
    const time = changedAt.get(state) ?? new Date(FIRST_TIME + position * 1_000).toISOString();
    changedAt.set(state, time);
    const timeFields = ['updatedAt', 'timestamp'].filter((field) => field in event);
    const timed = { ...event, ...Object.fromEntries(timeFields.map((field) => [field, time])) };
    const heldUntil = new Date(Date.parse(time) + HOLD_SECONDS * 1_000).toISOString();
    return { channel, event: withHeldUntil(timed, heldUntil) as RecordedEvent['event'] };
  });
}

/** A value with this time in each field `heldUntil`. */
function withHeldUntil(value: unknown, heldUntil: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withHeldUntil(item, heldUntil));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    name === 'heldUntil' ? heldUntil : withHeldUntil(field, heldUntil),
  ]);
  return Object.fromEntries(fields);
}
