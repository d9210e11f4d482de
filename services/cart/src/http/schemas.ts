import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { queryInteger } from '@tandem/chassis/http/schema';
import { z } from 'zod';
import { MAX_LINE_QTY } from '../domain/line.ts';

const qty = z.int().max(MAX_LINE_QTY);

export const byCart = z.object({ cartId: z.string().max(200) });
export const byLine = z.object({ cartId: z.string().max(200), productId: z.string().max(200) });
export const conditionalRead = z.object({ 'if-none-match': conditionHeader.optional() });

export const cartToMerge = z.object({
  fromCartId: z.string().min(1).max(200).describe('The cart whose lines move: it is closed by it'),
});
export const itemToAdd = z.object({ productId: z.string().min(1).max(200), qty: qty.min(1) });
export const quantity = z.object({ qty: qty.min(0).describe('0 removes the line') });

const line = z.object({
  productId: z.string(),
  name: z.string(),
  qty: z.int(),
  priceAtAdd: z.int().describe('Integer minor units'),
  currentPrice: z.int(),
  priceChanged: z.boolean(),
  availability: z.enum(['available', 'insufficient', 'unavailable']),
  availableQty: z.int().describe('The largest quantity that the line could have'),
});

export const cart = z
  .object({
    cartId: z.string(),
    userId: z.string().nullable().describe('null for a guest'),
    status: z.enum(['open', 'checkedOut', 'merged']),
    items: z.array(line),
    totalAmount: z.int().describe('Sum of the lines at priceAtAdd'),
    currency: z.string().nullable().describe('null while the cart is empty'),
    version: z.int(),
    updatedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Cart' });

/** `mine` says whose carts are meant: there is no list of everybody's. */
export const mine = z.object({
  mine: z.literal('true'),
  limit: queryInteger(z.int().min(1).max(20).default(20)),
  cursor: z.string().max(2_000).optional(),
});

export const cartPage = z.object({
  items: z.array(cart),
  nextCursor: z.string().optional().describe('Present when there may be more'),
});
