import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { queryInteger } from '@tandem/chassis/http/schema';
import { z } from 'zod';

/** Ids that need no escaping in a path. */
export const productId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores, tildes or hyphens',
  )
  .describe('1 to 128 letters, digits, dots, underscores, tildes or hyphens');

const LARGEST = 1_000_000_000;
/** No pattern: what reads documents in other languages than JavaScript cannot read one that names surrogates. */
const wellFormed = z.string().refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
/** Trimmed after it is checked: a JSON schema cannot trim. */
const text = (longest: number) => wellFormed.min(1).max(longest).regex(/\S/, 'must not be blank').trim();

const fields = {
  name: text(200),
  description: wellFormed.max(4_000),
  category: text(64),
  imageUrl: text(2_000),
  price: z.int().min(0).max(LARGEST).describe('Integer minor units, e.g. cents'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a three-letter ISO 4217 code')
    .describe('ISO 4217'),
  inventory: z.int().min(0).max(LARGEST).describe('Units that can be had'),
};

export const productInput = z.object({
  name: fields.name,
  description: fields.description.optional(),
  category: fields.category.optional(),
  imageUrl: fields.imageUrl.optional(),
  price: fields.price,
  currency: fields.currency,
  inventory: fields.inventory.default(0),
});

export const newProduct = productInput.extend({ productId: productId.optional() });

export const importedProduct = productInput.extend({ productId });

export const productPatch = z.object({
  name: fields.name.optional(),
  description: fields.description.nullish(),
  category: fields.category.nullish(),
  imageUrl: fields.imageUrl.nullish(),
  price: fields.price.optional(),
  currency: fields.currency.optional(),
  inventory: fields.inventory.optional(),
});

export const stockChange = z.object({
  delta: z.int().min(-LARGEST).max(LARGEST).describe('Units to add, or to take when negative'),
});

export const product = z
  .object({
    ...productInput.shape,
    productId: z.string(),
    inventory: z.int(),
    version: z.int().describe('Grows by 1 with every change'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Product' });

export const productPage = z.object({
  items: z.array(product),
  nextCursor: z.string().optional().describe('Present when there may be more'),
});

export const listQuery = z.object({
  ids: z
    .string()
    .regex(/^,*[^,]{1,200}(,+[^,]{1,200}){0,99},*$/u, 'must be 1 to 100 ids, separated by commas')
    .transform((list) => [...new Set(list.split(',').filter((id) => id !== ''))])
    .optional()
    .describe('Up to 100 ids, separated by commas; excludes the other parameters'),
  category: text(64).optional(),
  limit: queryInteger(z.int().min(1).max(100).default(20)),
  cursor: z.string().max(2_000).optional(),
});

export const byId = z.object({ productId: z.string().max(200) });
export const writableById = z.object({ productId });

/** The headers that make a request conditional (RFC 9110, section 13). */
export const conditionalRead = z.object({ 'if-none-match': conditionHeader.optional() });
export const conditionalWrite = z.object({
  'if-match': conditionHeader.optional().describe('Only if the product is at this version'),
  'if-none-match': conditionHeader.optional().describe('* for: only if there is no such product'),
});

export const snapshotStarted = z.object({ snapshotId: z.string() });

export const importResult = z.object({
  created: z.int(),
  updated: z.int(),
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
  unlisted: z.int().optional().describe('Rejected lines beyond those that are listed'),
});
