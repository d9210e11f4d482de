import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Inputs } from './bill.ts';
import type { Facts } from './facts.ts';
import type { Consumption } from './measurement.ts';
import { measuredNameOf } from './usage.ts';

/** Index that the sweeps for overdue holds read. */
export const HOLDS_INDEX = 'products/byHoldExpiry';

/** Part of a bill's total: the difference to the bill without it. */
export interface Part {
  readonly name: string;
  /** In dollars. */
  readonly monthly: number;
  /** The same if Lambda polls queues as often as it may, for a service that runs as functions. */
  readonly most?: number;
}

/** The name of what expiring holds cost; the others are services. */
export const HOLDS = 'expiring holds';

/** The parts that a deployment's bills show: names, and how the inputs of the bill without each are computed. */
export function partsOf({ functions }: Facts): readonly (readonly [string, (inputs: Inputs) => Inputs])[] {
  return [
    [HOLDS, withoutExpiry],
    ...Object.keys(functions).map(
      (service) => [service, (inputs: Inputs) => withoutService(inputs, service)] as const,
    ),
  ];
}

/** Inputs of a bill without a service that runs as functions. */
function withoutService({ facts, ...inputs }: Inputs, service: string): Inputs {
  const { [service]: removed, ...functions } = facts.functions;
  const { alarmMetrics = 0, dashboards = 0 } = removed ?? {};
  const own = topology.services[service as ServiceName].table;
  return {
    ...inputs,
    facts: {
      ...facts,
      functions,
      tables: facts.tables.filter(({ table }) => table !== own),
      watch: {
        ...facts.watch,
        alarmMetrics: facts.watch.alarmMetrics - alarmMetrics,
        dashboards: facts.watch.dashboards - dashboards,
      },
    },
  };
}

/**
 * Inputs of a bill without expiring holds: without the index and its sweeps, and with stock of abandoned carts released by
 * `CartExpired`, which is published in any case. The difference of both bills is the cost of expiring holds.
 */
function withoutExpiry({ facts, measured, ...inputs }: Inputs): Inputs {
  const operations = Object.fromEntries(
    Object.entries(measured.operations).map(([name, consumption]) => [name, withoutIndex(consumption)]),
  ) as typeof measured.operations;
  const { 'cart-events-topic CartExpired': _published, ...messages } = measured.events.CartExpired.messages;
  const expiry = withoutIndex({ ...measured.events.CartExpired, messages });
  return {
    facts: { ...facts, tables: facts.tables.filter((table) => measuredNameOf(table) !== HOLDS_INDEX) },
    measured: { ...measured, operations, holds: { expiry, sweep: { read: {}, write: {} } } },
    ...inputs,
  };
}

function withoutIndex<C extends Consumption>(consumption: C): C {
  const { [HOLDS_INDEX]: _reads, ...read } = consumption.read;
  const { [HOLDS_INDEX]: _writes, ...write } = consumption.write;
  return { ...consumption, read, write };
}
