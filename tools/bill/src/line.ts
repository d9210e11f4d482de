import type { Facts } from './facts.ts';
import type { Flows } from './flows.ts';
import type { Figure } from './formula.ts';
import type { Measurement } from './measurement.ts';
import type { Quote } from './quote.ts';
import type { Usage } from './usage.ts';

/** What a line belongs to, in the order in which they are shown. */
export const GROUPS = [
  'tasks',
  'edge',
  'network',
  'tables',
  'messaging',
  'relays',
  'observability',
  'other',
] as const;
export type Group = (typeof GROUPS)[number];

/** A quantity that a line starts from. */
export interface Basis {
  readonly name: string;
  readonly value: number;
  readonly formula: string;
}

/** A line of the bill: dollars a month, and the calculation that leads there. */
export interface Line {
  readonly group: Group;
  readonly item: string;
  readonly monthly: number;
  readonly formula: string;
  /** Where the quantities in the formula come from. */
  readonly basis: readonly Basis[];
}

/** All that lines are made of. */
export interface Billed {
  readonly facts: Facts;
  readonly usage: Usage;
  readonly flows: Flows;
  readonly measured: Measurement;
  readonly quote: Quote;
}

/** Dollars as they are shown, to the cent. */
export const dollars = (value: number): string =>
  value.toLocaleString('en-US', { style: 'currency', currency: 'USD' });

export function line(group: Group, item: string, amount: Figure, ...basis: readonly Basis[]): Line {
  return { group, item, monthly: amount.value, formula: amount.text, basis };
}

export function basis(name: string, { value, text }: Figure): Basis {
  return { name, value, formula: text };
}
