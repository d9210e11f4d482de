import { z } from 'zod';

/**
 * Ids that are safe as keys, attributes and parts of both: no control, surrogate or unassigned character, no slash. Ids and
 * names are read in Unicode's composed form (NFC), so that publishers that write `é` in two ways mean the same one.
 */
export const id = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(200)
  .regex(/^[^\p{C}/]*$/u, 'must hold no control character, lone surrogate or slash');
const text = z
  .string()
  .normalize('NFC')
  .max(1_000)
  .regex(/^\P{Cs}*$/u, 'must be well-formed Unicode');
/**
 * Largest version of a product, beyond a thousand changes a second for thirty years. A higher one is a fault: every later
 * change would be ignored as outdated.
 */
const MAX_PRODUCT_VERSION = 1_000_000_000_000;
const MAX_CART_VERSION = 1_000_000_000;
/** Largest number of holds that move to a line: one transaction writes them all, the line's own hold and the product. */
const MAX_MOVED_CARTS = 40;

export const version = z.int().min(1).max(MAX_PRODUCT_VERSION);
export const cartVersion = z.int().min(1).max(MAX_CART_VERSION);
export const time = z.iso.datetime({ offset: true });
export const quantity = z.int().min(0);
const currency = z.string().regex(/^[A-Z]{3}$/);

/** An amount of money in the currency's minor unit (cents), never a fraction. */
export const minorUnits = z.int().min(0);
/**
 * Largest price of one unit: the total of a cart, 100 lines of 999 units, stays an exact integer, as it is less than 2^53. It is
 * 900,000,000.00 of a currency with two decimals: a laptop costs 15,000,000.00 Indonesian rupiahs.
 */
export const MAX_PRICE = 90_000_000_000;
const price = minorUnits.max(MAX_PRICE);

export const envelope = {
  eventId: z
    .string()
    .optional()
    .describe('Deterministic for a change: equal when the relay publishes the event again'),
  schemaVersion: z.int().optional(),
};

export const productState = {
  ...envelope,
  productId: id,
  name: text,
  category: text.optional(),
  price,
  currency,
  inventory: quantity.describe('Available units: on hand, less what open carts hold'),
  onHand: quantity.optional().describe('Physical stock'),
  held: quantity.optional().describe('Units that open carts hold'),
  maxPerCart: z.int().min(1).optional().describe('The largest quantity of a line'),
  incarnation: version
    .optional()
    .describe('The version at which the product was created last: holds confirmed before it are void'),
  updatedAt: time,
  version,
};

/** Order of a reservation response among those for the same line. */
export const responseOrder = {
  productVersion: version.optional().describe('The version of the product after the decision'),
  revision: version
    .optional()
    .describe("Counts the changes of this cart's reservation: the higher one is the newer response"),
};

export const heldUntil = time.optional().describe('Time at which the hold expires; absent if it does not');

/** The other cart of a merge, with its version after the merge. */
export const movedLine = z.object({ cartId: id, cartVersion });

export const movedFrom = z
  .array(movedLine)
  .max(MAX_MOVED_CARTS)
  .optional()
  .describe('Carts whose held units move to this line');

export const cartLineChange = {
  ...envelope,
  cartId: id,
  userId: z.string().nullable().default(null).describe('null for a guest'),
  productId: id,
  priceAtAdd: price,
  currency: currency.optional(),
  qty: z.int().min(1).describe('The change, always positive'),
  lineQty: quantity.optional().describe("The line's quantity after the change"),
  movedFrom,
  timestamp: time,
  cartVersion,
};

export const closedCart = {
  ...envelope,
  cartId: id,
  userId: z.string().nullable().default(null),
  items: z.array(z.object({ productId: id, qty: z.int().min(1), priceAtAdd: price })),
  totalAmount: minorUnits,
  currency: currency.nullable().default(null),
  timestamp: time,
  cartVersion,
};
