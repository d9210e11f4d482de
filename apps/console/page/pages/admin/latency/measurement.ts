import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../../server/protocol.ts';
import type { WaterfallLine } from '../../../parts/waterfall.tsx';

/** Latency of a change, in milliseconds from the click. */
export interface Measurement {
  /** Description for display. */
  readonly description: string;
  /** Until the API response. */
  readonly responseMs?: number;
  /** Until the cart showed the change. */
  readonly visibleMs?: number | undefined;
  /** Change that was measured, from which the hops of its event are found. */
  readonly change: Change;
}

/** Change of a product. */
export interface Change {
  readonly productId: string;
  /** Milliseconds since the epoch. */
  readonly clickedAt: number;
  /** Trace id of the request; without one, the first event of the product after the click counts. */
  readonly traceId?: string | undefined;
}

const hopKinds = ['published', 'received', 'applied'] as const;

/**
 * Steps of a measured change in order: the response, the hops of its event on its way to Cart (the first occurrence of each
 * counts), and its effect in the cart.
 */
export function linesOf(
  { responseMs, visibleMs, change: { productId, clickedAt, traceId } }: Measurement,
  steps: readonly Step[],
): readonly WaterfallLine[] {
  const after = steps.filter((step) => step.at >= Math.floor(clickedAt));
  const line = (kind: string, description: string, ms: number) => ({
    kind,
    description,
    startMs: ms,
    endMs: ms,
  });
  const hops = hopKinds.flatMap((kind) => {
    const first = after.find(
      (step) =>
        step.kind === kind &&
        step.productId === productId &&
        (traceId === undefined || step.traceId === undefined || step.traceId === traceId) &&
        (step.kind === 'published' || topology.queues[step.queue].consumer === 'cart'),
    );
    return first ? [line(kind, 'the event', Math.max(0, first.at - clickedAt))] : [];
  });
  return [
    ...(responseMs === undefined ? [] : [line('response', 'of Product', responseMs)]),
    ...hops,
    ...(visibleMs === undefined ? [] : [line('visible', 'in the cart', visibleMs)]),
  ].sort((a, b) => a.startMs - b.startMs);
}

/** Trace id of a traceparent. */
export function traceIdOf(traceparent: string | null): string | undefined {
  return traceparent?.split('-')[1];
}

/** Median of values; undefined without any. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.length === 0 ? undefined : middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
