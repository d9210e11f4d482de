import type { Inputs } from './bill.ts';
import type { Consumption } from './measurement.ts';
import { measuredNameOf } from './usage.ts';

/** Index that the sweeps for overdue holds read. */
export const HOLDS_INDEX = 'products/byHoldExpiry';

/**
 * Inputs of a bill without expiring holds: without the index and its sweeps, and with stock of abandoned carts released by
 * `CartExpired`, which is published in any case. The difference of both bills is the cost of expiring holds.
 */
export function withoutExpiry({ facts, measured, prices }: Inputs): Inputs {
  const operations = Object.fromEntries(
    Object.entries(measured.operations).map(([name, consumption]) => [name, withoutIndex(consumption)]),
  ) as typeof measured.operations;
  const { 'cart-events-topic CartExpired': _published, ...messages } = measured.events.CartExpired.messages;
  const expiry = withoutIndex({ ...measured.events.CartExpired, messages });
  return {
    facts: { ...facts, tables: facts.tables.filter((table) => measuredNameOf(table) !== HOLDS_INDEX) },
    measured: { ...measured, operations, holds: { expiry, sweep: { read: {}, write: {} } } },
    prices,
  };
}

function withoutIndex<C extends Consumption>(consumption: C): C {
  const { [HOLDS_INDEX]: _reads, ...read } = consumption.read;
  const { [HOLDS_INDEX]: _writes, ...write } = consumption.write;
  return { ...consumption, read, write };
}
