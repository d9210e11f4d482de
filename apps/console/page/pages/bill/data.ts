import { bills, type Inputs } from '@tandem/bill/bill';
import type { Facts } from '@tandem/bill/facts';
import facts from '@tandem/bill/facts.json';
import {
  calls,
  date,
  events,
  holds,
  operations,
  readiness,
  relay,
  telemetry,
} from '@tandem/bill/measured.json';
import prices from '@tandem/bill/prices/us-east-1.json';

/** Inputs of the bills: the production stacks, the measurements and the price list. */
export const inputs: Inputs = {
  facts: facts as Facts,
  measured: { date, operations, events, holds, readiness, relay, telemetry, calls },
  prices,
};

/** Bill of each scenario, least traffic first. */
export const scenarioBills = bills(inputs);
