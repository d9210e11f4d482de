import type { Preset } from './facts.ts';

type Limits = Readonly<Record<string, number>>;

/**
 * Cost limits by scenario, in dollars a month, with one NAT gateway and without services that run as functions, for each
 * preset of the capacity; enforced by a test.
 */
export const costLimits: Readonly<Record<Preset, Limits>> = {
  onDemand: { average: 161, 'sustained-peak': 360, worst: 592 },
  steady: { 'sustained-peak': 231 },
};

/** Goals that are not reached (decision 066): a test says by how much, and does not fail. */
export const costGoals: typeof costLimits = {
  onDemand: { average: 125, 'sustained-peak': 250, worst: 430 },
  steady: { 'sustained-peak': 200 },
};

/** What services that run as functions may add to a scenario, in dollars a month; enforced by a test. */
export const serviceLimits: Readonly<Record<string, Limits>> = {
  analytics: { minimal: 1, 'sustained-peak': 15 },
};
