import type { ServiceName, TableName } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';
import { type Figure, figure, plus, times } from './formula.ts';
import type { Facts } from './facts.ts';
import type { Consumption, Measurement, Wire } from './measurement.ts';
import type { Scenario, Weights } from './traffic.ts';

type Measure = Consumption & Wire;
export type Pick = (of: Measure) => number;

const SERVICES = ['product', 'cart'] as const satisfies readonly ServiceName[];

/** A part of the month with its rates. */
export interface PhaseUsage {
  readonly hours: Figure;
  /** Requests a second, and the tasks that they need. */
  readonly perSecond: Readonly<Record<ServiceName, number>>;
  readonly tasks: Readonly<Record<ServiceName, Figure>>;
  /** How much of something is caused in a second. */
  readonly rate: (pick: Pick, unit?: string) => Figure;
}

/** What a scenario's traffic causes, in figures that can be followed back to requests and to the holds that they leave to expire. */
export interface Usage {
  readonly scenario: Scenario;
  readonly requests: Readonly<Record<ServiceName, Figure>>;
  /** All requests of the month. */
  readonly requestCount: Figure;
  readonly phases: readonly PhaseUsage[];
  /** How much of something is caused in the month, by the requests of both services. */
  readonly total: (pick: Pick) => Figure;
  /** Sums up what depends on rates. */
  readonly overPhases: (of: (phase: PhaseUsage) => Figure) => Figure;
}

export function usageOf(scenario: Scenario, measured: Measurement, facts: Facts): Usage {
  const { expiry } = measured.holds;
  const expiring: Measure = { ...expiry, requestBytes: 0, compressedAnswerBytes: 0 };
  const mean = (service: ServiceName, pick: Pick) => {
    const requests = averageOf(scenario.mix[service], measured, pick);
    const begun = averageOf(scenario.mix[service], measured, ({ created }) => created['reservation'] ?? 0);
    return requests + begun * assumptions.expiringHolds * pick(expiring);
  };
  const phases = scenario.phases.map((phase): PhaseUsage => {
    const tasksOf = (service: ServiceName) => {
      const { tasks, requestsPerTaskAndMinute } = facts.services[service];
      return figure(Math.max(tasks.min, Math.ceil(phase[service] / requestsPerTaskAndMinute)));
    };
    return {
      hours: figure(phase.hours, 'h'),
      perSecond: { product: phase.product / 60, cart: phase.cart / 60 },
      tasks: { product: tasksOf('product'), cart: tasksOf('cart') },
      rate: (pick, unit) =>
        figure(
          SERVICES.reduce((sum, service) => sum + (phase[service] / 60) * mean(service, pick), 0),
          unit,
        ),
    };
  });
  const requestsOf = (service: ServiceName) =>
    figure(scenario.phases.reduce((sum, phase) => sum + phase.hours * 60 * phase[service], 0));
  const requests = { product: requestsOf('product'), cart: requestsOf('cart') };
  return {
    scenario,
    requests,
    requestCount: plus(requests.product, requests.cart),
    phases,
    total: (pick) =>
      plus(...SERVICES.map((service) => times(requests[service], figure(mean(service, pick))))),
    overPhases: (of) => plus(...phases.map(of)),
  };
}

/** What one request causes on average, by the weights of a mix. */
export function averageOf(weights: Weights, measured: Measurement, pick: Pick): number {
  const entries = Object.entries(weights) as [Operation, number][];
  const all = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return entries.reduce((sum, [name, weight]) => sum + (weight / all) * pick(measured.operations[name]), 0);
}

/** The name of a table, or of an index of it, as the measurement has it. */
export function placeOf({ table, index }: { readonly table: TableName; readonly index?: string }): string {
  return index === undefined ? table : `${table}/${index}`;
}
