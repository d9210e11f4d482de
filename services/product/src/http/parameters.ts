import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { emptyAsAbsent, queryInteger } from '@tandem/chassis/http/schema';
import { z } from 'zod';
import * as examples from './examples.ts';
import { lineTextOrEmpty, searchWords } from './text.ts';

/** Largest number of characters of a category. */
export const MAX_CATEGORY_LENGTH = 255;

/** Ids that need no escaping in a path. */
export const productId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores, tildes or hyphens',
  )
  .meta({
    description: '1 to 128 letters, digits, dots, underscores, tildes or hyphens',
    examples: [examples.product.productId],
  });

export const cursor = emptyAsAbsent(
  z
    .string()
    .max(2_000)
    .meta({ examples: [examples.cursor] })
    .optional(),
);

export const listQuery = z.object({
  q: emptyAsAbsent(searchWords.optional()),
  ids: emptyAsAbsent(
    z
      .string()
      .regex(/^(,*[^,]{1,200}(,+[^,]{1,200}){0,99},*)?$/u, 'must be 1 to 100 ids, separated by commas')
      .meta({ examples: ['bell-duo,light-set'] })
      .transform((list) => [...new Set(list.split(',').filter((id) => id !== ''))])
      .describe('Up to 100 ids, separated by commas; excludes the other parameters')
      .optional(),
  ),
  category: emptyAsAbsent(
    lineTextOrEmpty(MAX_CATEGORY_LENGTH)
      .meta({ examples: ['accessories'] })
      .optional(),
  ),
  limit: emptyAsAbsent(
    queryInteger(
      z
        .int()
        .min(1)
        .max(100)
        .default(20)
        .meta({ examples: [50] }),
    ),
  ),
  cursor,
});

export const byId = z.object({
  productId: z
    .string()
    .max(200)
    .meta({ examples: [examples.product.productId] }),
});
export const writableById = z.object({ productId });

/** Headers of conditional requests (RFC 9110, section 13). */
export const conditionalRead = z.object({ 'if-none-match': conditionHeader.optional() });
export const conditionalWrite = z.object({
  'if-match': conditionHeader
    .optional()
    .describe("Entity tags: the request succeeds only if the product's content has one of them"),
  'if-none-match': conditionHeader
    .optional()
    .describe('*: the request succeeds only if the product does not exist'),
});

export const importQuery = z.object({
  stock: emptyAsAbsent(
    z
      .literal('count')
      .describe('`count`: inventory is a count of the stock on hand, also of existing products')
      .optional(),
  ),
});
