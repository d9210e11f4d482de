import type { Facts } from './facts.ts';
import { flowsOf } from './flows.ts';
import { withoutExpiry } from './holds.ts';
import type { Billed, Line } from './line.ts';
import { messagingLines } from './lines/messaging.ts';
import { edgeLines, networkLines } from './lines/network.ts';
import { observabilityLines } from './lines/observability.ts';
import { tableLines } from './lines/tables.ts';
import { taskLines } from './lines/tasks.ts';
import { type Excess, limitsOf } from './limits.ts';
import type { Measurement } from './measurement.ts';
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
  /** Cost of expiring holds, in dollars of the total. */
  readonly holds: number;
  /** Limits that this traffic exceeds, the largest excess first. */
  readonly excesses: readonly Excess[];
}

/** Inputs of a bill, as plain data: computing bills needs neither Node.js nor the CDK. */
export interface Inputs {
  readonly facts: Facts;
  readonly measured: Measurement;
  readonly prices: PriceList;
}

/** Computes the bill of each scenario. */
export function bills(inputs: Inputs, chosen: readonly Scenario[] = scenarios): Bill[] {
  return chosen.map((scenario) => billOf(scenario, inputs));
}

/** Computes the monthly bill of a scenario. */
export function billOf(scenario: Scenario, inputs: Inputs): Bill {
  const { lines, billed } = linesOf(scenario, inputs);
  const total = totalOf(lines);
  const requests = billed.usage.requestCount.value;
  return {
    name: scenario.name,
    description: scenario.description,
    total,
    requests,
    perMillionRequests: (total / requests) * 1_000_000,
    lines,
    holds: total - totalOf(linesOf(scenario, withoutExpiry(inputs)).lines),
    excesses: limitsOf(billed),
  };
}

function linesOf(scenario: Scenario, { facts, measured, prices }: Inputs) {
  const usage = usageOf(scenario, measured, facts);
  const flows = flowsOf(usage, facts, measured);
  const billed: Billed = {
    facts,
    usage,
    flows,
    measured,
    pricing: createPricing(prices, scenario.hasFreeTier),
  };
  const lines = [taskLines, edgeLines, networkLines, tableLines, messagingLines, observabilityLines].flatMap(
    (linesOfGroup) => linesOfGroup(billed),
  );
  return { lines, billed };
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
