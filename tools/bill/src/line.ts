import type { Facts } from './facts.ts';
import type { Flows } from './flows.ts';
import { type Figure, type Input, plus } from './formula.ts';
import type { Measurement } from './measurement.ts';
import type { Pricing } from './price-list.ts';
import type { Usage } from './usage.ts';

/** Groups of lines, in display order. */
export const GROUPS = [
  'tasks',
  'edge',
  'network',
  'tables',
  'messaging',
  'functions',
  'observability',
  'other',
] as const;
export type Group = (typeof GROUPS)[number];

/** Line of a bill: dollars a month, and the formula that they are computed by, with its inputs. */
export interface Line {
  readonly group: Group;
  readonly item: string;
  readonly monthly: number;
  readonly formula: string;
  readonly inputs: readonly Input[];
}

/** A quantity, the name of its price, and the free tier if it is not that of the price. */
export type Cost = readonly [quantity: Figure, price: string, free?: Figure];

/** What a line bills. A line whose first quantity is zero is left out. */
export type Row = readonly [group: Group, item: string, ...costs: readonly [Cost, ...Cost[]]];

/** What rows are derived from. */
export interface Billed {
  readonly facts: Facts;
  readonly usage: Usage;
  readonly flows: Flows;
  readonly measured: Measurement;
  readonly pricing: Pricing;
}

/** Formats an amount in dollars, to the cent. */
export const dollars = (value: number): string =>
  value.toLocaleString('en-US', { style: 'currency', currency: 'USD' });

/** Lines with the amounts of the rows. */
export function linesOf(rows: readonly Row[], { costOf }: Pricing): Line[] {
  return rows
    .filter(([, , [quantity]]) => quantity.value > 0)
    .map(([group, item, ...costs]) => {
      const { value: monthly, text: formula, inputs } = plus(...costs.map((cost) => costOf(...cost)));
      return { group, item, monthly, formula, inputs };
    });
}
