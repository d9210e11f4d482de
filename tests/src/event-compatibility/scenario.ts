import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { EventType } from '@tandem/contracts/events';
import { atRest } from '../support/queues.ts';
import { until } from '../support/until.ts';
import type { Recorder, Told } from './event-recorder.ts';

type Counts = Partial<Record<EventType, number>>;

/** Tells a story step by step, so that it is the same at each telling. */
export interface Narrator {
  /** Does the work, which tells just so many events of these types; resolves to them once nothing moves any more. */
  readonly tell: (expected: Counts, work: () => Promise<unknown>) => Promise<readonly Told[]>;
  /** Has a random id called by a name. */
  readonly name: (id: string, name: string) => void;
  /** All that was told, in an order without chance, and ids by their names. */
  readonly story: () => readonly Told[];
}

/** How long holds last in a story, however short they were when it was played. */
const HOLD_SECONDS = 900;
const FIRST_MOMENT = Date.parse('2026-02-14T15:00:00Z');

export function createNarrator(aws: string, { told }: Recorder): Narrator {
  const names = new Map<string, string>();
  const steps: (readonly Told[])[] = [];
  let heard = 0;

  const named = (step: readonly Told[]): readonly Told[] =>
    JSON.parse(
      [...names].reduce((text, [id, name]) => text.replaceAll(id, name), JSON.stringify(step)),
    ) as readonly Told[];

  return {
    async tell(expected, work) {
      await work();
      const countsNow = () => countsOf(told.slice(heard));
      await until(countsNow, (counts) => isDeepStrictEqual(counts, expected), { deadlineMs: 30_000 });
      await atRest(aws);
      assert.deepEqual(countsNow(), expected);
      const step = told.slice(heard);
      heard = told.length;
      steps.push(step);
      return step;
    },
    name: (id, name) => void names.set(id, name),
    story: () => steps.flatMap((step) => named(step).toSorted(byChannelAndId)),
  };
}

function countsOf(told: readonly Told[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(told, ({ event }) => String(event['eventType']))].map(([type, some]) => [
      type,
      some.length,
    ]),
  );
}

/**
 * What happens in one step has no order between topics, and none that is always the same within one. A deletion comes
 * first: what else a step tells is of those who do not know of it yet.
 */
function byChannelAndId(a: Told, b: Told): number {
  const [one, other] = [a, b].map(
    ({ channel, event }) =>
      `${event['eventType'] === 'ProductDeleted' ? '' : channel} ${String(event['eventId'])}`,
  );
  return (one ?? '').localeCompare(other ?? '', 'en', { numeric: true });
}

/** The events as if one happened each second, but for snapshots: they tell a product as of its last change. */
export function atMoments(story: readonly Told[]): readonly Told[] {
  const changedAt = new Map<string, string>();
  return story.map(({ channel, event }, position) => {
    const { eventId, productId, version = eventId } = event;
    const state = `${String(productId)}/${String(version)}`;
    const time = changedAt.get(state) ?? new Date(FIRST_MOMENT + position * 1_000).toISOString();
    changedAt.set(state, time);
    const times = ['updatedAt', 'timestamp'].filter((field) => field in event);
    const told = { ...event, ...Object.fromEntries(times.map((field) => [field, time])) };
    const heldUntil = new Date(Date.parse(time) + HOLD_SECONDS * 1_000).toISOString();
    return { channel, event: withHeldUntil(told, heldUntil) as Told['event'] };
  });
}

/** The value with this time for each end of a hold that it names. */
function withHeldUntil(value: unknown, heldUntil: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withHeldUntil(item, heldUntil));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    name === 'heldUntil' ? heldUntil : withHeldUntil(field, heldUntil),
  ]);
  return Object.fromEntries(fields);
}
