import type { Step } from '../../../server/protocol.ts';

/** How long a change took, from the click on; in milliseconds. */
export interface Measured {
  /** What was changed, in words. */
  readonly what: string;
  /** Until the API had answered. */
  readonly answeredMs: number;
  /** Until the cart showed it; undefined if it never did while anybody looked. */
  readonly visibleMs: number | undefined;
  /** The change itself, by which its event's hops are found. */
  readonly change: Change;
}

/** Where the event was seen on its way. */
export interface Hop {
  readonly name: 'published' | 'received' | 'applied';
  readonly ms: number;
}

const ON_THE_WAY = ['published', 'received', 'applied'] as const;

/** A change of a product. */
export interface Change {
  readonly productId: string;
  /** Milliseconds since the epoch. */
  readonly clickedAt: number;
  /** Of the request; without it the first event of the product after the click is taken. */
  readonly traceId?: string | undefined;
}

/** The hops of a change's event on its way to Cart, each where it was first seen, in the order in which they were. */
export function hopsOf(steps: readonly Step[], { productId, clickedAt, traceId }: Change): readonly Hop[] {
  // Steps have whole milliseconds, clicks have parts of them.
  const after = steps.filter((step) => step.at >= Math.floor(clickedAt));
  return ON_THE_WAY.flatMap((name) => {
    const first = after.find(
      (step) =>
        step.kind === name &&
        step.productId === productId &&
        (traceId === undefined || step.traceId === undefined || step.traceId === traceId) &&
        (step.kind === 'published' || step.queue === 'cart-product-updates-queue'),
    );
    return first ? [{ name, ms: Math.max(0, first.at - clickedAt) }] : [];
  });
}

/** The trace id of a traceparent. */
export function traceIdOf(traceparent: string | null): string | undefined {
  return traceparent?.split('-')[1];
}

/** "answered 6 ms · visible in the cart 19 ms" */
export function summaryOf({ answeredMs, visibleMs }: Measured): string {
  const visible =
    visibleMs === undefined ? 'not visible in the cart so far' : `visible in the cart ${inMs(visibleMs)}`;
  return `answered ${inMs(answeredMs)} · ${visible}`;
}

/** Milliseconds in words: "6 ms", "1.2 s". */
export function inMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** The middle one of some values, the mean of the two in the middle of an even number; undefined of none. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.length === 0 ? undefined : middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** A round length for an axis on which the longest of some times has room. */
export function axisOf(times: readonly number[]): number {
  const longest = Math.max(1, ...times);
  const unit = 10 ** Math.floor(Math.log10(longest));
  return ([1, 2, 5, 10].find((step) => step * unit >= longest) ?? 10) * unit;
}
