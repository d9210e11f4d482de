import type { Facts } from './facts.ts';
import { assumptions } from './assumptions.ts';
import { flowsOf } from './flows.ts';
import type { Polling } from './queue-flows.ts';
import { type Billed, type Line, linesOf } from './line.ts';
import { rowsOf } from './rows.ts';
import { type Excess, limitsOf } from './limits.ts';
import type { Measurement } from './measurement.ts';
import { type Part, partsOf } from './parts.ts';
import { createPricing, type PriceList } from './price-list.ts';
import { type Scenario, scenarios } from './traffic.ts';
import { sumOf, usageOf } from './usage.ts';

/** Monthly bill of a scenario. */
export interface Bill {
  readonly name: string;
  readonly description: string;
  /** In dollars. */
  readonly total: number;
  readonly requests: number;
  readonly perMillionRequests: number;
  readonly lines: readonly Line[];
  /** What of the total expiring holds cost, and each service that runs as functions. */
  readonly parts: readonly Part[];
  /** Limits that this traffic exceeds, the largest excess first. */
  readonly excesses: readonly Excess[];
}

/** Inputs of a bill, as plain data: computing bills needs neither Node.js nor the CDK. */
export interface Inputs {
  readonly facts: Facts;
  readonly measured: Measurement;
  readonly prices: PriceList;
  /** Share of the account's free tier that is left to this deployment, from 0 to 1; default: all of it. */
  readonly freeTierShare?: number;
}

/** Computes the bill of each scenario. */
export function bills(inputs: Inputs, chosen: readonly Scenario[] = scenarios): Bill[] {
  return chosen.map((scenario) => billOf(scenario, inputs));
}

/** Computes the monthly bill of a scenario. */
export function billOf(scenario: Scenario, inputs: Inputs): Bill {
  const billed = billedOf(scenario, inputs);
  const lines = linesOf(rowsOf(billed), billed.pricing);
  const total = totalOf(lines);
  const requests = billed.usage.requestCount.value;
  const totalWith = (changed: Inputs, polling?: Polling) => {
    const other = billedOf(scenario, changed, polling);
    return totalOf(linesOf(rowsOf(other), other.pricing));
  };
  const parts = partsOf(inputs.facts).map(([name, without]): Part => {
    const others = totalWith(without(inputs));
    const most = totalWith(inputs, assumptions.polling.most) - others;
    return { name, monthly: total - others, ...(name in inputs.facts.functions && { most }) };
  });
  return {
    name: scenario.name,
    description: scenario.description,
    total,
    requests,
    perMillionRequests: (total / requests) * 1_000_000,
    lines,
    parts,
    excesses: limitsOf(billed),
  };
}

function billedOf(
  scenario: Scenario,
  { facts, measured, prices, freeTierShare = 1 }: Inputs,
  polling?: Polling,
): Billed {
  const usage = usageOf(scenario, measured, facts);
  const flows = flowsOf(usage, facts, measured, polling);
  return {
    facts,
    usage,
    flows,
    measured,
    pricing: createPricing(prices, scenario.hasFreeTier ? freeTierShare : 0),
  };
}

const totalOf = (lines: readonly Line[]) => sumOf(lines, ({ monthly }) => monthly);

/** The hard limit that is exceeded at the smallest multiple `at` of the peak, in scenarios such as `10x`; undefined if none is. */
export function firstLimitOf(bills: readonly Bill[]): (Excess & { readonly at: number }) | undefined {
  const [first] = bills
    .flatMap(({ name, excesses }) =>
      excesses
        .filter(({ kind }) => kind === 'limit')
        .map((excess) => ({ ...excess, at: Number.parseInt(name, 10) * (excess.allowed / excess.used) })),
    )
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  return first;
}
