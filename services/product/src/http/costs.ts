import type { RouteCost } from '@tandem/chassis/http/rate-limit';

/**
 * What requests cost by the rate limit. A unit is about a read unit of DynamoDB (`tools/bill/measured.json`); all other
 * reads cost 1.
 */

/** A product that is read by its id. */
export const BY_ID = 0.5;
/** A product of a list: its entry in the index has some 400 bytes, of which a read unit reads 8,192. */
export const LISTED = 0.05;

export const list: RouteCost = {
  budget: 'read',
  units: 1,
  further: `and ${LISTED} for each product, or ${BY_ID} for each id or product that was found by its name`,
};

/** A key of a hold of any product. */
export const HOLD_KEY = 0.01;

export const holds: RouteCost = {
  budget: 'read',
  units: 1,
  further: `and ${HOLD_KEY} for each open hold of any product that is compared, ${BY_ID} for each that is returned`,
};

/** A write by a merchant: one or two write units of each table. */
export const write: RouteCost = { budget: 'write', units: 2 };
