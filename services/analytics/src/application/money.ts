import type { Amounts } from '../domain/counts.ts';

/** Amount in minor units of a currency. */
export interface Money {
  readonly currency: string;
  readonly amount: number;
}

/** Sums of amounts by currency. */
export type AmountSums = Map<string, number>;

/** Adds amounts to sums. */
export function addAmounts(sums: AmountSums, amounts: Amounts = {}): void {
  for (const currency in amounts) {
    sums.set(currency, exactSum(sums.get(currency) ?? 0, amounts[currency] ?? 0));
  }
}

/** Sums as a list, in the order of the currencies. */
export function moneyOf(sums: AmountSums): Money[] {
  return [...sums].map(([currency, amount]) => ({ currency, amount })).sort(byCurrency);
}

function byCurrency(a: Money, b: Money): number {
  return a.currency < b.currency ? -1 : 1;
}

/** Sum of two figures. At the largest exact integer it stays. */
export function exactSum(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
