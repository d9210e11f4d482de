import type { Operation } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';
import type { Facts, TableFacts } from './facts.ts';
import { type Figure, figure, plus, times } from './formula.ts';
import type { Measurement, RequestConsumption } from './measurement.ts';
import type { Scenario, Weights } from './traffic.ts';

/** Selects a quantity of a measured consumption. */
export type Quantity = (consumption: RequestConsumption) => number;

/** Usage of the services in the facts by a scenario's traffic, as figures of its requests and of their holds that expire. */
export function usageOf(scenario: Scenario, measured: Measurement, facts: Facts) {
  const services = Object.keys(facts.services);
  const mixes: Readonly<Record<string, Weights>> = scenario.mix;
  const expiry: RequestConsumption = { ...measured.holds.expiry, requestBytes: 0, responseBytes: 0 };
  const mean = (service: string, quantity: Quantity) => {
    const average = (value: Quantity) => averageOf(mixes[service] ?? {}, measured, value);
    const holds = average(({ created }) => created['reservation'] ?? 0);
    return average(quantity) + holds * assumptions.expiringHolds * quantity(expiry);
  };
  const phases = scenario.phases.map((phase) => {
    const perMinute = (service: string) => perMinuteIn(phase, service);
    return {
      hours: figure(phase.hours, 'h'),
      /** Requests per second to all services. */
      perSecond: sumOf(services, (service) => perMinute(service) / 60),
      tasksOf: (service: string): Figure => {
        const { tasks, requestsPerTaskAndMinute = Infinity } = facts.services[service] ?? {
          tasks: { min: 0 },
        };
        return figure(Math.max(tasks.min, Math.ceil(perMinute(service) / requestsPerTaskAndMinute)));
      },
      /** Rate of a quantity per second. */
      rate: (quantity: Quantity, unit?: string): Figure =>
        figure(
          sumOf(services, (service) => (perMinute(service) / 60) * mean(service, quantity)),
          unit,
        ),
    };
  });
  const requestsOf = (service: string) =>
    figure(sumOf(scenario.phases, (phase) => phase.hours * 60 * perMinuteIn(phase, service)));
  /** Sum over all phases, for amounts that depend on rates. */
  const overPhases = (amountOf: (phase: (typeof phases)[number]) => Figure) => plus(...phases.map(amountOf));
  return {
    scenario,
    requestsOf,
    /** Requests of the month to all services. */
    requestCount: plus(...services.map(requestsOf)),
    phases,
    /** Total of a quantity in the month, for the requests to all services. */
    total: (quantity: Quantity) =>
      plus(...services.map((service) => times(requestsOf(service), figure(mean(service, quantity))))),
    overPhases,
    taskHoursOf: (service: string) => overPhases(({ hours, tasksOf }) => times(tasksOf(service), hours)),
  };
}

export type Usage = ReturnType<typeof usageOf>;
export type PhaseUsage = Usage['phases'][number];

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
