import { bills, type Inputs } from '@tandem/bill/bill';
import type { Facts } from '@tandem/bill/facts';
import facts from '@tandem/bill/facts.json';
import measured from '@tandem/bill/measured.json';
import prices from '@tandem/bill/prices/us-east-1.json';
import { scenarios } from '@tandem/bill/traffic';

/** Inputs of the bills: the production stacks, the measurements and the price list. */
export const inputs: Inputs = { facts: facts as Facts, measured, prices };

/** Bill of each scenario, least traffic first. */
export const scenarioBills = bills(inputs);

/** Scenario with the shares of operations that the observation does not count. */
export const reference = scenarios.find(({ name }) => name === 'average');

/** Whether an operation only reads. */
export function isRead(operation: string): boolean {
  const { write } = inputs.measured.operations[operation as keyof typeof measured.operations];
  return Object.keys(write).length === 0;
}
