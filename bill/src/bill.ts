import type { Templates } from '@tandem/infra/testing/synth';
import { factsOf } from './facts.ts';
import { flowsOf } from './flows.ts';
import type { Billed, Line } from './line.ts';
import { edgeLines } from './lines/edge.ts';
import { messagingLines } from './lines/messaging.ts';
import { networkLines } from './lines/network.ts';
import { observabilityLines } from './lines/observability.ts';
import { tableLines } from './lines/tables.ts';
import { taskLines } from './lines/tasks.ts';
import { type Excess, limitsOf } from './limits.ts';
import type { Measured } from './measured.ts';
import { type PriceList, quote } from './prices.ts';
import { type Scenario, scenarios } from './traffic.ts';
import { usageOf } from './usage.ts';

/** A month's bill. */
export interface Bill {
  readonly name: string;
  readonly says: string;
  /** Dollars. */
  readonly total: number;
  readonly requests: number;
  readonly perMillionRequests: number;
  readonly lines: readonly Line[];
  /** What does not bear this traffic, the nearest first. */
  readonly excesses: readonly Excess[];
}

/** All that bills are computed from. */
export interface Inputs {
  readonly templates: Templates;
  readonly measured: Measured;
  readonly prices: PriceList;
}

/** The bill of each scenario. Throws where a template has something of which nobody has said what it costs. */
export function bills(inputs: Inputs, of: readonly Scenario[] = scenarios): Bill[] {
  const facts = factsOf(inputs.templates);
  return of.map((scenario) => {
    const { measured } = inputs;
    const usage = usageOf(scenario, measured, facts);
    const flows = flowsOf(usage, facts, measured);
    const billed: Billed = {
      facts,
      usage,
      flows,
      measured,
      quote: quote(inputs.prices, scenario.hasFreeTier),
    };
    const lines = [
      taskLines,
      edgeLines,
      networkLines,
      tableLines,
      messagingLines,
      observabilityLines,
    ].flatMap((of) => of(billed));
    const total = lines.reduce((sum, { monthly }) => sum + monthly, 0);
    const requests = usage.requestCount.value;
    return {
      name: scenario.name,
      says: scenario.says,
      total,
      requests,
      perMillionRequests: (total / requests) * 1_000_000,
      lines,
      excesses: limitsOf(billed),
    };
  });
}
