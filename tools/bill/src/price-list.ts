import { beyond, type Figure, figure, price, times } from './formula.ts';

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
  /** Free tiers that an account has each month, by the name of the price. */
  readonly free: Readonly<Record<string, Price>>;
}

/** Looks up prices and free tiers as figures. Throws for prices that are not in the list. */
export function createPricing({ region, prices, free }: PriceList, freeTierShare: number) {
  const priceOf = (name: string): Figure => {
    const entry = prices[name];
    if (!entry)
      throw new Error(`The price list has no ${name}. Add it to tools/bill/prices, with its source.`);
    return price(entry);
  };
  /** Free units each month, of which the deployment has a share; 0 if the price has no free tier. */
  const freeTierOf = (name: string): Figure => figure(freeTierShare * (free[name]?.value ?? 0));
  return {
    /** Region of the prices, and so of the deployment. */
    region,
    freeTierOf,
    /** Cost of the units beyond the free tier; default: that with the name of the price. */
    costOf: (units: Figure, name: string, free = freeTierOf(name)): Figure =>
      times(beyond(units, free), priceOf(name)),
  };
}

export type Pricing = ReturnType<typeof createPricing>;
