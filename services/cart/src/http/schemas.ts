import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { emptyAsAbsent, noBody, queryInteger } from '@tandem/chassis/http/schema';
import { z } from 'zod';
import { MAX_LINE_QTY } from '../domain/line.ts';
import * as examples from './examples.ts';

const qty = z.int().max(MAX_LINE_QTY);
/** Larger than any total of a cart, smaller than the largest safe integer. */
const LARGEST_AMOUNT = 9_000_000_000_000_000;
const amount = z.int().min(0).max(LARGEST_AMOUNT).describe('Integer minor units');
const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "EUR"');
const cartId = z
  .string()
  .max(200)
  .meta({ examples: [examples.cart.cartId] });
/** In Unicode's composed form (NFC), as ids of events are. */
const text = z.string().normalize('NFC');
const productId = text.max(200).meta({ examples: ['bell-duo'] });

export const byCart = z.object({ cartId });
export const byLine = z.object({ cartId, productId });
export const conditionalRead = z.object({ 'if-none-match': conditionHeader.optional() });
export const conditionalWrite = z.object({
  'if-match': conditionHeader
    .optional()
    .describe("Entity tags: the request succeeds only if the cart's content has one of them"),
  'if-none-match': conditionHeader.optional(),
});
export const lineWrite = conditionalWrite.extend({
  prefer: z
    .string()
    .optional()
    .meta({ examples: ['return=minimal'] })
    .describe('return=minimal: 204 without the cart (RFC 7240). Not with an Idempotency-Key'),
});
export const changedLine = noBody('Changed, for Prefer: return=minimal');

export const cartToMerge = z
  .strictObject({
    fromCartId: z.string().min(1).max(200).describe('The cart whose lines move. It is closed by the merge'),
  })
  .meta({ examples: [{ fromCartId: examples.cart.cartId }] });
export const itemToAdd = z
  .strictObject({ productId: text.min(1).max(200), qty: qty.min(1) })
  .meta({ examples: [{ productId: 'bell-duo', qty: 2 }] });
export const quantity = z
  .strictObject({ qty: qty.min(0).describe('0 removes the line') })
  .meta({ examples: [{ qty: 3 }] });

/** Schema of an optional body. */
function optionalBody<S extends z.ZodRawShape>(fields: S, example: object) {
  return z
    .strictObject(fields)
    .prefault({} as never)
    .meta({ examples: [example] });
}

export const acceptedPrice = optionalBody(
  {
    price: amount.optional().describe('The price that the shopper saw: 409 if the current one differs'),
    currency: currencyCode.optional().describe('The currency of that price'),
  },
  { price: 1590, currency: 'EUR' },
);
export const expectedTotal = optionalBody(
  {
    totalAmount: amount.optional().describe('The total that the shopper saw: 409 if the current one differs'),
    currency: currencyCode.optional().describe('The currency of that total'),
  },
  { totalAmount: 3180, currency: 'EUR' },
);

const line = z.object({
  productId: z.string(),
  name: z.string(),
  qty: z.int(),
  priceAtAdd: z.int().describe('Integer minor units'),
  currentPrice: z.int(),
  currentCurrency: z.string().optional().describe("Only where it differs from the cart's"),
  priceChanged: z.boolean(),
  availability: z
    .enum(['available', 'insufficient', 'unavailable'])
    .describe('unavailable: the product was deleted'),
  availableQty: z.int().describe('Largest possible quantity of the line'),
  hold: z
    .enum(['held', 'pending', 'none'])
    .describe('Whether stock is held for the line; none in an order, whose units are sold'),
  heldUntil: z.iso.datetime().optional().describe('Time at which the hold expires; absent if it does not'),
});

export const cart = z
  .object({
    cartId: z.string(),
    userId: z.string().nullable().describe('null for a guest'),
    status: z.enum(['open', 'checkedOut', 'merged']).describe('checkedOut: the cart is an order'),
    items: z.array(line),
    totalAmount: z.int().describe('Sum of the lines at priceAtAdd'),
    currency: z.string().nullable().describe('null while the cart is empty'),
    version: z.int(),
    updatedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().optional().describe('Absent for an order'),
    checkedOutAt: z.iso.datetime().optional().describe('Only for an order'),
    orderNumber: z.string().optional().describe('Only for an order: a number that a shopper can read out'),
  })
  .meta({ id: 'Cart', examples: [examples.cart, examples.order] });

const limit = emptyAsAbsent(
  queryInteger(
    z
      .int()
      .min(1)
      .max(20)
      .default(20)
      .meta({ examples: [10] }),
  ),
);
const cursor = emptyAsAbsent(
  z
    .string()
    .max(2_000)
    .meta({ examples: [examples.cursor] })
    .optional(),
);

/** Query of the caller's own carts; there is no list of all open carts. */
export const mine = z.object({
  mine: z.literal('true').meta({ examples: ['true'] }),
  status: emptyAsAbsent(z.enum(['open', 'checkedOut']).default('open')).describe(
    'open: newest change first. checkedOut: orders, newest first',
  ),
  limit,
  cursor,
});

export const orderQuery = z.object({ limit, cursor });
export const byOrderNumber = z.object({
  orderNumber: z
    .string()
    .max(200)
    .meta({ description: 'In any case, with or without hyphens', examples: [examples.order.orderNumber] }),
});

export const cartPage = z
  .object({
    items: z.array(cart),
    nextCursor: z.string().optional().describe('Present when there may be more'),
  })
  .meta({ examples: [{ items: [examples.order], nextCursor: examples.cursor }] });
