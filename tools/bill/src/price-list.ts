import { type Figure, figure, price } from './formula.ts';

/** A price in dollars for `per` units (default: 1), or a monthly free tier in units. */
export interface Price {
  readonly value: number;
  readonly per?: number;
  readonly unit: string;
  readonly source: string;
  readonly date: string;
}

export interface PriceList {
  readonly region: string;
  readonly currency: string;
  readonly prices: Readonly<Record<string, Price>>;
  /** Free tier of an account, each month, without an end. */
  readonly free: Readonly<Record<string, Price>>;
}

/** Looks up prices and free tiers as figures. Throws for names that are not in the price list. */
export function createPricing(list: PriceList, hasFreeTier: boolean) {
  const find = (entries: Readonly<Record<string, Price>>, name: string): Price => {
    const entry = entries[name];
    if (!entry)
      throw new Error(`The price list has no ${name}. Add it to tools/bill/prices, with its source.`);
    return entry;
  };
  return {
    priceOf: (name: string): Figure => price(find(list.prices, name)),
    /** Free units each month; 0 without a free tier. */
    freeTierOf: (name: string): Figure => figure(hasFreeTier ? find(list.free, name).value : 0),
  };
}

export type Pricing = ReturnType<typeof createPricing>;
