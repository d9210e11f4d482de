import type { TableFacts } from './facts.ts';
import type { Inputs } from './bill.ts';
import type { Consumption } from './measurement.ts';
import { placeOf } from './usage.ts';

/** The index that the sweeps read. */
export const HOLDS_INDEX = { table: 'products', index: 'byHoldExpiry' } as const satisfies Pick<
  TableFacts,
  'table' | 'index'
>;

const PLACE = placeOf(HOLDS_INDEX);
const nothing: Pick<Consumption, 'read'> = { read: {} };

/**
 * What bills would be computed from if holds lasted as long as carts: without the index and its sweeps, and the stock of
 * abandoned carts returning by `CartExpired`, which is published in any case. The difference of two bills is what it
 * costs that holds expire.
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
