import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';

/** Latency of a change, in milliseconds from the click. */
export interface Measurement {
  /** Description for display. */
  readonly description: string;
  /** Until the API response. */
  readonly responseMs: number;
  /** Until the cart showed the change; undefined if polling ended before that. */
  readonly visibleMs: number | undefined;
  /** Change that was measured, from which the hops of its event are found. */
  readonly change: Change;
}

/** Hop of an event on its way to the consumer. */
export interface Hop {
  readonly name: 'published' | 'received' | 'applied';
  readonly ms: number;
}

const HOP_KINDS = ['published', 'received', 'applied'] as const;

/** Change of a product. */
export interface Change {
  readonly productId: string;
  /** Milliseconds since the epoch. */
  readonly clickedAt: number;
  /** Trace id of the request; without one, the first event of the product after the click counts. */
  readonly traceId?: string | undefined;
}

/** Hops of a change's event on its way to Cart, in order; the first occurrence of each counts. */
export function hopsOf(steps: readonly Step[], { productId, clickedAt, traceId }: Change): readonly Hop[] {
  // Steps have whole milliseconds, clicks have fractions.
  const after = steps.filter((step) => step.at >= Math.floor(clickedAt));
  return HOP_KINDS.flatMap((name) => {
    const first = after.find(
      (step) =>
        step.kind === name &&
        step.productId === productId &&
        (traceId === undefined || step.traceId === undefined || step.traceId === traceId) &&
        (step.kind === 'published' || topology.queues[step.queue].consumer === 'cart'),
    );
    return first ? [{ name, ms: Math.max(0, first.at - clickedAt) }] : [];
  });
}

/** Trace id of a traceparent. */
export function traceIdOf(traceparent: string | null): string | undefined {
  return traceparent?.split('-')[1];
}

/** Summary for display: "response 6 ms · visible in the cart 19 ms" */
export function summaryOf({ responseMs, visibleMs }: Measurement): string {
  const visible =
    visibleMs === undefined ? 'not visible in the cart yet' : `visible in the cart ${formatMs(visibleMs)}`;
  return `response ${formatMs(responseMs)} · ${visible}`;
}

/** Duration for display: "6 ms", "1.2 s". */
export function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Median of values; undefined without any. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.length === 0 ? undefined : middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Smallest round axis length (1, 2 or 5 × a power of ten) that fits the longest time. */
export function axisLength(times: readonly number[]): number {
  const longest = Math.max(1, ...times);
  const unit = 10 ** Math.floor(Math.log10(longest));
  return ([1, 2, 5, 10].find((step) => step * unit >= longest) ?? 10) * unit;
}
