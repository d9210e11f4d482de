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

/** Line of a bill: dollars a month, and the formula that they are computed by. */
export interface Line {
  readonly group: Group;
  readonly item: string;
  readonly monthly: number;
  readonly formula: string;
  /** Inputs of the formula, each with its own formula. */
  readonly inputs: readonly { readonly name: string; readonly value: number; readonly formula: string }[];
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

/** Line with the amount of a figure. The inputs of its formula are listed by their names. */
export function line(
  group: Group,
  item: string,
  { value: monthly, text: formula }: Figure,
  inputs: Readonly<Record<string, Figure>> = {},
): Line {
  const listed = Object.entries(inputs).map(([name, { value, text }]) => ({ name, value, formula: text }));
  return { group, item, monthly, formula, inputs: listed };
}
