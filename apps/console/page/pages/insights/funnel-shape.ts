import type { Funnel } from '@tandem/analytics/application/funnel';
import { rounded } from '../../parts/chart.ts';

/** Carts that had the same result. */
export interface Outcome {
  readonly name: string;
  readonly carts: number;
}

/** Outcomes of the carts of a range. Carts that were opened before it may have ended in it, so that none is left. */
export function outcomesOf({ cartsOpened, cartsCheckedOut, cartsAbandoned }: Funnel): readonly Outcome[] {
  return [
    { name: 'Checked out', carts: cartsCheckedOut },
    { name: 'Abandoned', carts: cartsAbandoned },
    { name: 'Open or deleted', carts: Math.max(0, cartsOpened - cartsCheckedOut - cartsAbandoned) },
  ];
}

/** Drawing area: each outcome has a slot at the right edge, and all carts together are `thickness` at the left one. */
export interface FunnelFrame {
  readonly width: number;
  readonly slot: number;
  readonly thickness: number;
}

/** Band from the left edge to the slot of an outcome, as thick as its share of all carts. */
export interface Band {
  readonly path: string;
  /** Upper end and thickness at the right edge. */
  readonly end: { readonly y: number; readonly thickness: number };
}

/** Bands of outcomes, one below the other; those of outcomes without carts have no thickness. */
export function bandsOf(
  outcomes: readonly Outcome[],
  { width, slot, thickness }: FunnelFrame,
): readonly Band[] {
  const all = outcomes.reduce((sum, { carts }) => sum + carts, 0);
  let start = (outcomes.length * slot - thickness) / 2;
  return outcomes.map(({ carts }, index) => {
    const own = all === 0 ? 0 : (thickness * carts) / all;
    const [from, to] = [rounded(start), rounded((index + 0.5) * slot - own / 2)];
    start += own;
    const middle = width / 2;
    const [fromEnd, toEnd] = [rounded(from + own), rounded(to + own)];
    const path =
      `M0 ${from}C${middle} ${from} ${middle} ${to} ${width} ${to}` +
      `V${toEnd}C${middle} ${toEnd} ${middle} ${fromEnd} 0 ${fromEnd}Z`;
    return { path, end: { y: to, thickness: rounded(own) } };
  });
}
