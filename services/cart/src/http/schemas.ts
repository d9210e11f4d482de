import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { z } from 'zod';
import { MAX_LINE_QTY } from '../domain/line.ts';

const qty = z.int().max(MAX_LINE_QTY);

export const byCart = z.object({ cartId: z.string().max(200) });
export const byLine = z.object({ cartId: z.string().max(200), productId: z.string().max(200) });
export const conditionalRead = z.object({ 'if-none-match': conditionHeader.optional() });

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
