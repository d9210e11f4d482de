import { assumptions } from '@tandem/bill/assumptions';
import type { Scenario, Weights } from '@tandem/bill/traffic';
import { mapServices, serviceNames } from '@tandem/contracts/topology';
import type { Requests, State } from '../../../server/protocol.ts';

/** Traffic that the gateway has observed until `untilMs` (milliseconds since the epoch). */
export type ObservedTraffic = State['traffic'] & { readonly untilMs: number };

/** Extrapolation of the observed traffic to a month. */
export interface Month {
  /** Multiple of the observed traffic. */
  readonly times: number;
  /** Constant traffic day and night, or else once a day and idle otherwise. */
  readonly isAllDay: boolean;
}

/** Reference for what the observation does not count: the split of reads and writes into operations. */
export interface ReferenceMix {
  /** Scenario with the shares of operations among reads and among writes, and the use of connections. */
  readonly reference: Scenario;
  readonly isRead: (operation: string) => boolean;
}

const MS_PER_HOUR = 3_600_000;
const MIN_MS = 1_000;

/** Scenario of a month of the observed traffic; undefined without any requests. */
export function scenarioOf(
  { requests, sinceMs, untilMs }: ObservedTraffic,
  { times, isAllDay }: Month,
  { reference, isRead }: ReferenceMix,
): Scenario | undefined {
  if (serviceNames.every((service) => countOf(requests[service]) === 0)) return undefined;
  const observedHours = Math.max(MIN_MS, untilMs - sinceMs) / MS_PER_HOUR;
  const busy = mapServices((service) => (times * countOf(requests[service])) / (observedHours * 60));
  const hours = isAllDay ? assumptions.hours : Math.min(1, observedHours / 24) * assumptions.hours;
  const idle = { hours: assumptions.hours - hours, ...mapServices(() => 0) };
  return {
    ...reference,
    name: 'observed',
    description: isAllDay ? 'observed traffic, day and night' : 'observed traffic, once a day',
    phases: [{ hours, ...busy }, ...(idle.hours > 0 ? [idle] : [])],
    mix: mapServices((service) => weightsOf(requests[service], reference.mix[service], isRead)),
  };
}

function countOf({ reads, writes }: Requests): number {
  return reads + writes;
}

/** Mix scaled to the observed ratio of reads and writes; unchanged without any requests. */
function weightsOf(requests: Requests, mix: Weights, isRead: ReferenceMix['isRead']): Weights {
  if (countOf(requests) === 0) return mix;
  const operations = Object.entries(mix);
  const sumOf = (areReads: boolean) =>
    operations.reduce((sum, [name, weight]) => (isRead(name) === areReads ? sum + weight : sum), 0);
  const scale = { reads: requests.reads / sumOf(true), writes: requests.writes / sumOf(false) };
  return Object.fromEntries(
    operations.map(([name, weight]) => [name, weight * (isRead(name) ? scale.reads : scale.writes)]),
  );
}
