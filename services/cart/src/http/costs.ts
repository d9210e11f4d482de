import type { RouteCost } from '@tandem/chassis/http/rate-limit';

/**
 * What requests cost by the rate limit, beside the default of 1 for a read and 5 for a write. A unit is about a read unit
 * of DynamoDB, or 0.8 write units of each table, with what the events of the request cause (`tools/bill/measured.json`).
 * Lines are charged when they are read, whatever the response is.
 */
export interface CartCost extends RouteCost {
  /** Further units for each line of the carts that the request reads. */
  readonly perLine: number;
}

const costOf = (budget: RouteCost['budget'], units: number, perLine: number): CartCost => ({
  budget,
  units,
  perLine,
  further: `and ${perLine} for each line of the cart`,
});

/** Opening a cart: from a budget of its own, 40 seconds' worth of which can be used at once. */
export const open: RouteCost = { budget: 'create', units: 20 };

/** Reading a cart reads the catalog's entry of each line. */
export const read = costOf('read', 1, 0.5);

/** Changing a line stores the whole cart, and reads the entries of all lines. */
export const changeLine = costOf('write', 5, 1);

/** A change of all lines: Product writes each hold, and Cart each response. */
export const changeAllLines = costOf('write', 5, 5);

/** A request with an Idempotency-Key is a transaction, which costs double, and stores its response. */
export const IDEMPOTENCY_KEY = 3;

/** A cart in a list is read by itself. */
export const LISTED = 0.5;

/** An order in the list of all orders: its entry and its cart are read. */
export const ORDER = 1;

export const orders: RouteCost = {
  budget: 'read',
  units: 1,
  further: `and ${ORDER} for each order of the page`,
};

export const list: RouteCost = {
  budget: 'read',
  units: 1,
  further: `and ${LISTED} for each open cart of the user or each order of the page, and ${read.perLine} for each line of the page`,
};
