import type { Operation } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';
import type { Facts, TableFacts } from './facts.ts';
import { type Figure, figure, plus, times } from './formula.ts';
import type { Measurement, RequestConsumption } from './measurement.ts';
import type { Scenario, Weights } from './traffic.ts';

/** Selects a quantity of a measured consumption. */
export type Quantity = (consumption: RequestConsumption) => number;

/** Usage in a phase of the month. */
export interface PhaseUsage {
  readonly hours: Figure;
  /** Requests per second to all services. */
  readonly perSecond: number;
  readonly tasksOf: (service: string) => Figure;
  /** Rate of a quantity per second. */
  readonly rate: (quantity: Quantity, unit?: string) => Figure;
}

/** Usage by a scenario's traffic, as figures derived from its requests and from their holds that expire. */
export interface Usage {
  readonly scenario: Scenario;
  readonly requestsOf: (service: string) => Figure;
  /** Requests of the month to all services. */
  readonly requestCount: Figure;
  readonly phases: readonly PhaseUsage[];
  /** Total of a quantity in the month, for the requests to all services. */
  readonly total: (quantity: Quantity) => Figure;
  /** Sum over all phases, for amounts that depend on rates. */
  readonly overPhases: (amountOf: (phase: PhaseUsage) => Figure) => Figure;
  readonly taskHoursOf: (service: string) => Figure;
}

/** Computes the usage of the services in the facts. */
export function usageOf(scenario: Scenario, measured: Measurement, facts: Facts): Usage {
  const services = Object.keys(facts.services);
  const mixes: Readonly<Record<string, Weights>> = scenario.mix;
  const expiry: RequestConsumption = { ...measured.holds.expiry, requestBytes: 0, responseBytes: 0 };
  const mean = (service: string, quantity: Quantity) => {
    const average = (value: Quantity) => averageOf(mixes[service] ?? {}, measured, value);
    const holds = average(({ created }) => created['reservation'] ?? 0);
    return average(quantity) + holds * assumptions.expiringHolds * quantity(expiry);
  };
  const phases = scenario.phases.map((phase): PhaseUsage => {
    const perMinute = (service: string) => perMinuteIn(phase, service);
    return {
      hours: figure(phase.hours, 'h'),
      perSecond: sumOf(services, (service) => perMinute(service) / 60),
      tasksOf: (service) => {
        const { tasks, requestsPerTaskAndMinute } = facts.services[service] ?? { tasks: { min: 0 } };
        const needed = Math.ceil(perMinute(service) / (requestsPerTaskAndMinute ?? Number.POSITIVE_INFINITY));
        return figure(Math.max(tasks.min, needed));
      },
      rate: (quantity, unit) =>
        figure(
          sumOf(services, (service) => (perMinute(service) / 60) * mean(service, quantity)),
          unit,
        ),
    };
  });
  const requestsOf = (service: string) =>
    figure(sumOf(scenario.phases, (phase) => phase.hours * 60 * perMinuteIn(phase, service)));
  const overPhases: Usage['overPhases'] = (amountOf) => plus(...phases.map(amountOf));
  return {
    scenario,
    requestsOf,
    requestCount: plus(...services.map(requestsOf)),
    phases,
    total: (quantity) =>
      plus(...services.map((service) => times(requestsOf(service), figure(mean(service, quantity))))),
    overPhases,
    taskHoursOf: (service) => overPhases(({ hours, tasksOf }) => times(tasksOf(service), hours)),
  };
}

/** Requests per minute to a service; 0 if the phase does not mention the service. */
function perMinuteIn(phase: Readonly<Record<string, number>>, service: string): number {
  return phase[service] ?? 0;
}

/** Average of a quantity per request, by the weights of a mix; 0 for an empty mix. */
function averageOf(weights: Weights, measured: Measurement, quantity: Quantity): number {
  const entries = Object.entries(weights) as [Operation, number][];
  const total = sumOf(entries, ([, weight]) => weight);
  return sumOf(entries, ([name, weight]) => (weight / total) * quantity(measured.operations[name]));
}

/** Sum of a value over elements. */
export function sumOf<T>(elements: readonly T[], valueOf: (element: T) => number): number {
  return elements.reduce((sum, element) => sum + valueOf(element), 0);
}

/** Name of a table or index in the measurement, such as `products/byCategory`. */
export function measuredNameOf({ table, index }: Pick<TableFacts, 'table' | 'index'>): string {
  return index === undefined ? table : `${table}/${index}`;
}
