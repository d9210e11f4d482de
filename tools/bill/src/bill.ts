import type { Facts } from './facts.ts';
import { flowsOf } from './flows.ts';
import { withoutExpiry } from './holds.ts';
import type { Billed, Line } from './line.ts';
import { edgeLines } from './lines/edge.ts';
import { messagingLines } from './lines/messaging.ts';
import { networkLines } from './lines/network.ts';
import { observabilityLines } from './lines/observability.ts';
import { tableLines } from './lines/tables.ts';
import { taskLines } from './lines/tasks.ts';
import { type Excess, limitsOf } from './limits.ts';
import type { Measurement } from './measurement.ts';
import { type PriceList, quote } from './quote.ts';
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
  /** Dollars of the total: what it costs that holds expire. */
  readonly holds: number;
  /** What does not bear this traffic, the nearest first. */
  readonly excesses: readonly Excess[];
}

/** All that bills are computed from: plain data. Neither Node.js nor the CDK is needed from here on. */
export interface Inputs {
  readonly facts: Facts;
  readonly measured: Measurement;
  readonly prices: PriceList;
}

/** The bill of each scenario. */
export function bills(inputs: Inputs, of: readonly Scenario[] = scenarios): Bill[] {
  return of.map((scenario) => billOf(scenario, inputs));
}

/** The bill of a month with this traffic. */
export function billOf(scenario: Scenario, inputs: Inputs): Bill {
  const { lines, billed } = linesOf(scenario, inputs);
  const total = sumOf(lines);
  const requests = billed.usage.requestCount.value;
  return {
    name: scenario.name,
    says: scenario.says,
    total,
    requests,
    perMillionRequests: (total / requests) * 1_000_000,
    lines,
    holds: total - sumOf(linesOf(scenario, withoutExpiry(inputs)).lines),
    excesses: limitsOf(billed),
  };
}

function linesOf(scenario: Scenario, { facts, measured, prices }: Inputs) {
  const usage = usageOf(scenario, measured, facts);
  const flows = flowsOf(usage, facts, measured);
  const billed: Billed = { facts, usage, flows, measured, quote: quote(prices, scenario.hasFreeTier) };
  const lines = [taskLines, edgeLines, networkLines, tableLines, messagingLines, observabilityLines].flatMap(
    (of) => of(billed),
  );
  return { lines, billed };
}

const sumOf = (lines: readonly Line[]) => lines.reduce((sum, { monthly }) => sum + monthly, 0);

/** The limit that nobody can raise and that breaks at the least multiple `at` of the peak, of scenarios such as `10x`. */
export function firstLimitOf(bills: readonly Bill[]): (Excess & { readonly at: number }) | undefined {
  const [first] = bills
    .flatMap(({ name, excesses }) =>
      excesses.flatMap((it) =>
        it.kind === 'limit' ? [{ ...it, at: Number.parseInt(name, 10) * (it.allowed / it.used) }] : [],
      ),
    )
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  return first;
}
