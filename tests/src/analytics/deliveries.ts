import type { TandemEvent } from '@tandem/contracts/events';
import type { Random } from '../support/random.ts';
import { DAY_MS, LOG_DAYS, START } from './event-log.ts';

/** A simulated queue: it delivers each of its events at least once, in any order. */
export interface Deliveries {
  /** The next events, at most `count`. */
  take(count: number): readonly TandemEvent[];
  /** Returns an event to the queue, which delivers it again before long. */
  redeliver(event: TandemEvent): void;
  isEmpty(): boolean;
  /** Time of the last delivery, in milliseconds since the epoch. */
  now(): number;
}

/** An event and the time of its delivery. */
interface Delivery {
  readonly event: TandemEvent;
  readonly time: number;
}

/** Days after the log at which events are redriven. On the last one, the first events are beyond the replay horizon. */
const REDRIVES = [4, 5, 20, 28];

/**
 * Plans the deliveries of a log: first those of its days, then redrives, each of which starts when the one before has been
 * acknowledged. Most events arrive in nearly their order, some hours late, some a week; a sixth twice at once, a tenth again
 * hours later, and slices of the log again days later, from a dead-letter queue or a replay.
 */
export function planDeliveries(log: readonly TandemEvent[], random: Random): readonly Deliveries[] {
  const chance = (percent: number) => random(1, 100) <= percent;
  const hours = (from: number, to: number) => random(from * 60, to * 60) * 60_000;
  const timely: Delivery[] = [];
  const late: TandemEvent[] = [];
  for (const event of log) {
    if (chance(1)) {
      late.push(event);
      continue;
    }
    const happened = Date.parse('timestamp' in event ? event.timestamp : event.updatedAt);
    const time = happened + hours(0, 1) + (chance(5) ? hours(0, 14) : 0);
    timely.push({ event, time });
    if (chance(16)) timely.push({ event, time: time + random(0, 100) });
    if (chance(10)) timely.push({ event, time: time + hours(14, 60) });
  }
  const redrives = REDRIVES.map((days, i) => {
    const time = START + (LOG_DAYS + days) * DAY_MS;
    const isLast = i === REDRIVES.length - 1;
    const start = isLast ? 0 : random(0, Math.floor(log.length * 0.9));
    const events = [...log.slice(start, start + log.length / 20), ...(i === 0 ? late : [])];
    return events.map((event) => ({ event, time, at: random(0, 1_000) })).toSorted((a, b) => a.at - b.at);
  });
  return [timely.toSorted((a, b) => a.time - b.time), ...redrives].map((deliveries) =>
    openQueue(deliveries, random),
  );
}

function openQueue(deliveries: readonly Delivery[], random: Random): Deliveries {
  const returnedEvents = new Map<number, TandemEvent[]>();
  let position = 0;
  let returned = 0;
  let time = deliveries[0]?.time ?? START;
  const isEmpty = () => position >= deliveries.length && returned === 0;

  return {
    take(count) {
      const events: TandemEvent[] = [];
      for (; events.length < count && !isEmpty(); position += 1) {
        const delivery = deliveries[position];
        if (delivery) {
          events.push(delivery.event);
          time = delivery.time;
        }
        const redelivered = returnedEvents.get(position) ?? [];
        returnedEvents.delete(position);
        returned -= redelivered.length;
        events.push(...redelivered);
      }
      return events;
    },
    redeliver(event) {
      const at = position + random(0, 500);
      returnedEvents.set(at, [...(returnedEvents.get(at) ?? []), event]);
      returned += 1;
    },
    isEmpty,
    now: () => time,
  };
}
