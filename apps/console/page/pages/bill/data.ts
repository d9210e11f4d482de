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

/** What bills are computed from: the stacks of production, what was measured, and the price list. */
export const inputs: Inputs = {
  facts: facts as Facts,
  measured: { date, operations, events, holds, readiness, relay, telemetry, calls },
  prices,
};

/** The bill of each scenario, the smallest traffic first. */
export const made = bills(inputs);
