import type { Bill } from '@tandem/bill/bill';
import { type Group, GROUPS } from '@tandem/bill/line';

/** Traffic that is billed: that of this system, or a scenario by its name. */
export const OBSERVED = 'observed';

/** Multiples of the observed traffic. */
export const multiples = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

/** What the page bills, as its address names it. */
export interface View {
  readonly traffic: string;
  readonly times: number;
  readonly isAllDay: boolean;
}

/** Reads a view from the parameters of the address; unknown values are those of the default view. */
export function viewFrom(parameters: URLSearchParams, scenarioNames: readonly string[]): View {
  const traffic = parameters.get('traffic') ?? OBSERVED;
  return {
    traffic: scenarioNames.includes(traffic) ? traffic : OBSERVED,
    times: multiples.find((multiple) => String(multiple) === parameters.get('times')) ?? 1,
    isAllDay: parameters.get('pattern') !== 'daily',
  };
}

/** Titles of the groups of a bill. */
export const groupTitles: Readonly<Record<Group, string>> = {
  tasks: 'Containers',
  edge: 'Load balancer',
  network: 'Network',
  tables: 'Tables',
  messaging: 'Topics and queues',
  functions: 'Functions',
  observability: 'Logs, metrics, alarms',
  other: 'Other',
};

/** Share of a group in a bill. */
export interface Share {
  readonly group: Group;
  /** In dollars a month. */
  readonly monthly: number;
  /** Of the total, from 0 to 1. */
  readonly share: number;
}

/** Shares of the groups of a bill that cost at least a cent, in the order of the groups. */
export function sharesOf({ lines, total }: Pick<Bill, 'lines' | 'total'>): Share[] {
  return GROUPS.map((group) => {
    const monthly = lines.reduce((sum, line) => (line.group === group ? sum + line.monthly : sum), 0);
    return { group, monthly, share: total === 0 ? 0 : monthly / total };
  }).filter(({ monthly }) => monthly >= 0.005);
}

/** Length of a bar on a logarithmic scale from `least` to `most`, from 0 to 1: ten times the amount is always as much longer. */
export function logarithmic(value: number, least: number, most: number): number {
  const [from, to] = [Math.log10(least), Math.log10(most)];
  return to === from ? 1 : Math.min(1, Math.max(0, (Math.log10(value) - from) / (to - from)));
}
