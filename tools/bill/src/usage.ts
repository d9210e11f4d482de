import type { ServiceName, TableName } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';
import { type Figure, figure, plus, times } from './formula.ts';
import type { Facts } from './facts.ts';
import type { Consumption, Measurement, Wire } from './measurement.ts';
import type { Scenario, Weights } from './traffic.ts';

type Measure = Consumption & Wire;
/** Selects a quantity of a measured consumption. */
export type Quantity = (consumption: Measure) => number;

const SERVICES = ['product', 'cart'] as const satisfies readonly ServiceName[];

/** Usage in a phase of the month. */
export interface PhaseUsage {
  readonly hours: Figure;
  /** Requests per second, by service. */
  readonly perSecond: Readonly<Record<ServiceName, number>>;
  readonly tasks: Readonly<Record<ServiceName, Figure>>;
  /** Rate of a quantity per second. */
  readonly rate: (quantity: Quantity, unit?: string) => Figure;
}

/** Usage by a scenario's traffic, as figures derived from its requests and from their holds that expire. */
export interface Usage {
  readonly scenario: Scenario;
  readonly requests: Readonly<Record<ServiceName, Figure>>;
  /** Requests of the month, of both services. */
  readonly requestCount: Figure;
  readonly phases: readonly PhaseUsage[];
  /** Total of a quantity in the month, for the requests of both services. */
  readonly total: (quantity: Quantity) => Figure;
  /** Sum over all phases, for amounts that depend on rates. */
  readonly overPhases: (of: (phase: PhaseUsage) => Figure) => Figure;
}

export function usageOf(scenario: Scenario, measured: Measurement, facts: Facts): Usage {
  const { expiry } = measured.holds;
  const expiring: Measure = { ...expiry, requestBytes: 0, compressedAnswerBytes: 0 };
  const mean = (service: ServiceName, quantity: Quantity) => {
    const requests = averageOf(scenario.mix[service], measured, quantity);
    const begun = averageOf(scenario.mix[service], measured, ({ created }) => created['reservation'] ?? 0);
    return requests + begun * assumptions.expiringHolds * quantity(expiring);
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
      rate: (quantity, unit) =>
        figure(
          SERVICES.reduce((sum, service) => sum + (phase[service] / 60) * mean(service, quantity), 0),
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
    total: (quantity) =>
      plus(...SERVICES.map((service) => times(requests[service], figure(mean(service, quantity))))),
    overPhases: (of) => plus(...phases.map(of)),
  };
}

/** Average of a quantity per request, by the weights of a mix. */
export function averageOf(weights: Weights, measured: Measurement, quantity: Quantity): number {
  const entries = Object.entries(weights) as [Operation, number][];
  const all = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return entries.reduce(
    (sum, [name, weight]) => sum + (weight / all) * quantity(measured.operations[name]),
    0,
  );
}

/** Name of a table or index in the measurement. */
export function placeOf({ table, index }: { readonly table: TableName; readonly index?: string }): string {
  return index === undefined ? table : `${table}/${index}`;
}
