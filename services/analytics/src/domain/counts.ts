/** Amounts in minor units by currency (ISO 4217). */
export type Amounts = Readonly<Record<string, number>>;

/** Figures of a day's carts. */
export interface CartCounts {
  /** Carts that received their first line. */
  readonly opened: number;
  /** Carts that expired with at least one line. */
  readonly abandoned: number;
  readonly checkedOut: number;
  readonly unitsCheckedOut: number;
  readonly revenue: Amounts;
}

/** Figures of a product on a day, in units. */
export interface ProductCounts {
  readonly added: number;
  readonly removed: number;
  /** Units that Product did not hold for lack of stock. */
  readonly rejected: number;
  /** Units whose hold expired. */
  readonly expired: number;
  readonly checkedOut: number;
  readonly revenue: Amounts;
  /** Units added, by hour of the day (UTC, 0 to 23); hours without any are absent. */
  readonly addedByHour: Readonly<Record<number, number>>;
  readonly priceChanges: readonly PriceChange[];
}

export interface Price {
  readonly price: number;
  readonly currency: string;
}

/** An edit that changed the price of a product. */
export interface PriceChange {
  /** RFC 3339, UTC. */
  readonly changedAt: string;
  /** The version of the product after the edit. */
  readonly version: number;
  readonly from: Price;
  readonly to: Price;
}

/** Figures by product id. */
export type CountsByProduct = Readonly<Record<string, Partial<ProductCounts>>>;

/** What one event or several add to the figures of a day. */
export interface DayCounts {
  /** `2026-02-14`, UTC. */
  readonly date: string;
  readonly carts: CartCounts;
  readonly products: CountsByProduct;
}
