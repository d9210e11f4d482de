import type { TableFacts } from './facts.ts';
import type { Inputs } from './bill.ts';
import type { Consumption } from './measurement.ts';
import { placeOf } from './usage.ts';

/** Index that the sweeps for overdue holds read. */
export const HOLDS_INDEX = { table: 'products', index: 'byHoldExpiry' } as const satisfies Pick<
  TableFacts,
  'table' | 'index'
>;

const PLACE = placeOf(HOLDS_INDEX);
const nothing: Pick<Consumption, 'read'> = { read: {} };

/**
 * Inputs of a bill without expiring holds: without the index and its sweeps, and with stock of abandoned carts released by
 * `CartExpired`, which is published in any case. The difference of both bills is the cost of expiring holds.
 */
export function withoutExpiry({ facts, measured, prices }: Inputs): Inputs {
  const isHolds = ({ table, index }: TableFacts) => placeOf({ table, ...(index && { index }) }) === PLACE;
  const operations = Object.fromEntries(
    Object.entries(measured.operations).map(([name, of]) => [name, withoutIndex(of)]),
  ) as unknown as Inputs['measured']['operations'];
  const { 'cart-events-topic CartExpired': _published, ...messages } = measured.events.CartExpired.messages;
  const expiry = withoutIndex({ ...measured.events.CartExpired, messages });
  return {
    facts: { ...facts, tables: facts.tables.filter((it) => !isHolds(it)) },
    measured: { ...measured, operations, holds: { expiry, sweep: nothing } },
    prices,
  };
}

function withoutIndex<C extends Consumption>(of: C): C {
  const { [PLACE]: _reads, ...read } = of.read;
  const { [PLACE]: _writes, ...write } = of.write;
  return { ...of, read, write };
}
