import type { Facts } from './facts.ts';
import type { Flows } from './flows.ts';
import type { Figure } from './formula.ts';
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
  'relays',
  'observability',
  'other',
] as const;
export type Group = (typeof GROUPS)[number];

/** Input of a line's formula, with the formula that it is computed by. */
export interface LineInput {
  readonly name: string;
  readonly value: number;
  readonly formula: string;
}

/** Line of a bill: dollars a month, and the formula that they are computed by. */
export interface Line {
  readonly group: Group;
  readonly item: string;
  readonly monthly: number;
  readonly formula: string;
  /** Inputs of the formula. */
  readonly inputs: readonly LineInput[];
}

/** Inputs of all lines. */
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

export function line(group: Group, item: string, amount: Figure, ...inputs: readonly LineInput[]): Line {
  return { group, item, monthly: amount.value, formula: amount.text, inputs };
}

export function lineInput(name: string, { value, text }: Figure): LineInput {
  return { name, value, formula: text };
}
