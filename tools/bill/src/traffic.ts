import { mapServices, type ServiceName } from '@tandem/contracts/topology';
import { mix, type Operation, PEAK_PER_MINUTE } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';

/** Part of the month, in hours, with the requests per minute to each service. */
export type Phase = { readonly hours: number } & Readonly<Record<ServiceName, number>>;

export type Weights = Readonly<Partial<Record<Operation, number>>>;

/** Traffic of a month. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly phases: readonly Phase[];
  readonly mix: Readonly<Record<ServiceName, Weights>>;
  readonly requestsPerConnection: number;
  readonly hasFreeTier: boolean;
}

const { hours, requestsPerConnection } = assumptions;

/** A value by service; a service that the load mix does not mention has the default. */
const byService = <T>(values: Readonly<Partial<Record<ServiceName, T>>>, missing: T) =>
  mapServices((service) => values[service] ?? missing);

/** A phase at a share of the peak. */
function phase(share: number, hours: number): Phase {
  const peak = byService<number>(PEAK_PER_MINUTE, 0);
  return { hours, ...mapServices((service) => share * peak[service]) };
}

const usual = { mix: byService<Weights>(mix, {}), requestsPerConnection, hasFreeTier: true };
const { 'read a cart': _reads, ...cartWrites } = mix.cart;

const multiples = [10, 100, 1_000].map((factor): Scenario => ({
  ...usual,
  name: `${factor}x`,
  description: `${factor.toLocaleString('en-US')} times the peak, all month`,
  phases: [phase(factor, hours)],
}));

/** Scenarios that bills are computed for. */
export const scenarios: readonly Scenario[] = [
  {
    ...usual,
    name: 'minimal',
    description: '1 % of the peak: one request a second',
    phases: [phase(0.01, hours)],
  },
  { ...usual, name: 'average', description: '20 % of the peak, day and night', phases: [phase(0.2, hours)] },
  {
    ...usual,
    name: 'bursty',
    description: 'the peak for four hours a day, otherwise 10 % of it',
    phases: [phase(1, hours / 6), phase(0.1, (hours * 5) / 6)],
  },
  {
    ...usual,
    name: 'sustained-peak',
    description: '5,000 requests to Product and 1,000 to Cart a minute',
    phases: [phase(1, hours)],
  },
  {
    name: 'worst',
    description: 'the peak, only Cart writes, no keep-alive or free tier',
    phases: [phase(1, hours)],
    mix: { ...usual.mix, cart: cartWrites },
    requestsPerConnection: 1,
    hasFreeTier: false,
  },
  ...multiples,
];
