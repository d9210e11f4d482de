import { mix, type Operation, PEAK_PER_MINUTE } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';

/** Hours of the month in which so many requests come a minute. */
export interface Phase {
  readonly hours: number;
  readonly product: number;
  readonly cart: number;
}

export type Weights = Readonly<Partial<Record<Operation, number>>>;

/** A month's traffic. */
export interface Scenario {
  readonly name: string;
  readonly says: string;
  readonly phases: readonly Phase[];
  readonly mix: { readonly product: Weights; readonly cart: Weights };
  readonly requestsPerConnection: number;
  readonly hasFreeTier: boolean;
}

const { hours, requestsPerConnection } = assumptions;

/** So much of the peak for so many hours. */
function phase(share: number, hours: number): Phase {
  return { hours, product: share * PEAK_PER_MINUTE.product, cart: share * PEAK_PER_MINUTE.cart };
}

const usual = { mix, requestsPerConnection, hasFreeTier: true };
const { 'read a cart': _reads, ...cartWrites } = mix.cart;

const bigger = [10, 100, 1_000].map((factor): Scenario => ({
  ...usual,
  name: `${factor}x`,
  says: `${factor.toLocaleString('en-US')} times the peak, all month`,
  phases: [phase(factor, hours)],
}));

/** The months that a bill is made for. */
export const scenarios: readonly Scenario[] = [
  {
    ...usual,
    name: 'minimal',
    says: 'a hundredth of the peak: one request a second',
    phases: [phase(0.01, hours)],
  },
  { ...usual, name: 'average', says: 'a fifth of the peak, day and night', phases: [phase(0.2, hours)] },
  {
    ...usual,
    name: 'bursty',
    says: 'the peak for four hours a day, a tenth of it otherwise',
    phases: [phase(1, hours / 6), phase(0.1, (hours * 5) / 6)],
  },
  {
    ...usual,
    name: 'sustained-peak',
    says: '5,000 requests of Product and 1,000 of Cart a minute',
    phases: [phase(1, hours)],
  },
  {
    name: 'worst',
    says: 'the peak, Cart writes alone, no keep-alive or free tier',
    phases: [phase(1, hours)],
    mix: { product: mix.product, cart: cartWrites },
    requestsPerConnection: 1,
    hasFreeTier: false,
  },
  ...bigger,
];
