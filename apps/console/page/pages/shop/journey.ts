import { signal } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { onStep } from '../../live.ts';
import { capitalized } from '../../parts/format.ts';

/** Steps that are kept for a request whose response is still awaited: its events may be faster. */
const MAX_RECENT = 300;

/** What has happened to an action on the cart so far. */
export interface Journey {
  readonly traceId: string;
  readonly steps: readonly Step[];
}

/** What a service did with an action, and how long after the request, in milliseconds. */
export interface Outcome {
  readonly text: string;
  readonly afterMs: number;
}

/** Latest action on the cart; undefined before the first. */
export const journey = signal<Journey | undefined>(undefined);

const recent: Step[] = [];
onStep((step) => {
  recent.push(step);
  if (recent.length > MAX_RECENT) recent.shift();
  const followed = journey.value;
  if (followed && step.traceId === followed.traceId)
    journey.value = { ...followed, steps: [...followed.steps, step] };
});

/** Follows the events of an action, by the headers of its response. */
export function follow(headers: Headers): void {
  const traceId = headers.get('traceparent')?.split('-')[1];
  if (traceId === undefined) return;
  journey.value = { traceId, steps: recent.filter((step) => step.traceId === traceId) };
}

/** What services do with the events of a cart. */
const effects: Readonly<Partial<Record<string, string>>> = {
  ProductAddedToCart: 'Reserved',
  InventoryReservationRequested: 'Reserved',
  ProductRemovedFromCart: 'Released',
  CartCheckedOut: 'Sold',
};

/** First effect of an action in another service; undefined while it is awaited. */
export function outcomeOf(steps: readonly Step[]): Outcome | undefined {
  const isRejected = steps.some(
    (step) => 'eventType' in step && step.eventType === 'InventoryReservationRejected',
  );
  for (const step of steps) {
    if (step.kind !== 'applied') continue;
    const effect = effects[step.eventType];
    const { consumer } = topology.queues[step.queue];
    if (effect === undefined || consumer !== 'product') continue;
    const startedAt = steps.find(({ kind }) => kind === 'request')?.at ?? steps[0]?.at ?? step.at;
    return {
      text: `${isRejected ? 'Rejected' : effect} by ${capitalized(consumer)}`,
      afterMs: Math.max(0, step.at - startedAt),
    };
  }
  return undefined;
}
