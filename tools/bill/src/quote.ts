import { type Figure, figure, price } from './formula.ts';

/** A price, in dollars for `per` units, or what is free of it each month. */
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
  /** What costs nothing in an account, each month and always. */
  readonly free: Readonly<Record<string, Price>>;
}

/** Looks prices up as figures; throws for one that the list has not. */
export function quote(list: PriceList, hasFreeTier: boolean) {
  const found = (of: Readonly<Record<string, Price>>, name: string): Price => {
    const entry = of[name];
    if (!entry)
      throw new Error(`the price list has no ${name}: add it to tools/bill/prices, with its source`);
    return entry;
  };
  return {
    price: (name: string): Figure => price(found(list.prices, name)),
    /** 0 where nothing is free. */
    free: (name: string): Figure => figure(hasFreeTier ? found(list.free, name).value : 0),
  };
}

export type Quote = ReturnType<typeof quote>;
