import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { emptyAsAbsent, queryInteger } from '@tandem/chassis/http/schema';
import { z } from 'zod';
import type { ProductContent } from '../domain/content.ts';

/** Ids that need no escaping in a path. */
export const productId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores, tildes or hyphens',
  )
  .describe('1 to 128 letters, digits, dots, underscores, tildes or hyphens');

const LARGEST = 1_000_000_000;
/** Not a pattern: OpenAPI tools in other languages cannot read patterns with surrogates. */
const wellFormed = z.string().refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
/** Trimmed after the validation, as JSON schema cannot express trimming. */
const text = (maxLength: number) => wellFormed.min(1).max(maxLength).regex(/\S/, 'must not be blank').trim();
const units = z.int().min(0).max(LARGEST);

/** Every field of a product's content. The compiler checks that it has the same fields as the domain's. */
const content = {
  name: text(200),
  description: wellFormed.max(4_000),
  category: text(64),
  imageUrl: text(2_000),
  price: z.int().min(0).max(LARGEST).describe('Integer minor units, e.g. cents'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a three-letter ISO 4217 code')
    .describe('ISO 4217'),
  maxPerCart: z.int().min(1).max(999).describe('The largest quantity of a line in a cart'),
} satisfies { [F in keyof Required<ProductContent>]: z.ZodType<Required<ProductContent>[F]> };

const { name, price, currency, ...optional } = content;
const contentInput = { ...z.object(optional).partial().shape, name, price, currency };

/** Read-only fields of a response: ignored, so that a client may send a response back. */
const readOnlyFields = z
  .object({
    productId: z.unknown(),
    onHand: z.unknown(),
    held: z.unknown(),
    version: z.unknown(),
    createdAt: z.unknown(),
    updatedAt: z.unknown(),
  })
  .partial().shape;

const firstCount = units.default(0).describe('The first count of the stock; ignored for an existing product');

export const newProduct = z.strictObject({
  ...contentInput,
  inventory: units.default(0).describe('The first count of the stock'),
  productId: productId.optional(),
});

export const productReplacement = z.strictObject({
  ...readOnlyFields,
  ...contentInput,
  inventory: firstCount,
});

export const importedProduct = z.strictObject({
  ...readOnlyFields,
  ...z.object(content).partial().shape,
  inventory: units.optional(),
  productId,
});

const byStock = z.never('is changed by POST /products/{productId}/stock').optional();
const byServer = z.never('is set by the server').optional();

export const productPatch = z.strictObject({
  ...z.object({ name, price, currency }).partial().shape,
  ...nullish(optional),
  inventory: byStock,
  onHand: byStock,
  held: byStock,
  productId: byServer,
  version: byServer,
  createdAt: byServer,
  updatedAt: byServer,
});

export const stockChange = z
  .strictObject({
    delta: z
      .int()
      .min(-LARGEST)
      .max(LARGEST)
      .optional()
      .describe('Units that were delivered, or lost when negative'),
    onHand: units.optional().describe('A count of the stock on hand'),
    expectedOnHand: units.optional().describe('The count is rejected unless this is the stock on hand'),
  })
  .refine(
    ({ delta, onHand, expectedOnHand }) =>
      delta === undefined ? onHand !== undefined : onHand === undefined && expectedOnHand === undefined,
    'must have either delta (a delivery or a loss) or onHand (a count), not both',
  )
  .meta({
    oneOf: [{ required: ['delta'] }, { required: ['onHand'] }],
    dependentRequired: { expectedOnHand: ['onHand'] },
  });

export const product = z
  .object({
    ...contentInput,
    productId: z.string(),
    inventory: z.int().describe('Available units: on hand, less what open carts hold'),
    onHand: z.int().describe('Physical stock'),
    held: z.int().describe('Units that open carts hold'),
    version: z.int().describe('Grows by 1 with every change, of content or of stock'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Product' });

export const productPage = z.object({
  items: z.array(product).describe('Without descriptions'),
  nextCursor: z.string().optional().describe('Present when there may be more'),
});

export const listQuery = z.object({
  ids: emptyAsAbsent(
    z
      .string()
      .regex(/^(,*[^,]{1,200}(,+[^,]{1,200}){0,99},*)?$/u, 'must be 1 to 100 ids, separated by commas')
      .transform((list) => [...new Set(list.split(',').filter((id) => id !== ''))])
      .describe('Up to 100 ids, separated by commas; excludes the other parameters')
      .optional(),
  ),
  category: emptyAsAbsent(wellFormed.max(64).regex(/^$|\S/, 'must not be blank').trim().optional()),
  limit: emptyAsAbsent(queryInteger(z.int().min(1).max(100).default(20))),
  cursor: emptyAsAbsent(z.string().max(2_000).optional()),
});

export const byId = z.object({ productId: z.string().max(200) });
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

export const snapshotStarted = z.object({ snapshotId: z.string() });

export const importQuery = z.object({
  stock: emptyAsAbsent(
    z
      .literal('count')
      .describe('`count`: inventory is a count of the stock on hand, also of existing products')
      .optional(),
  ),
});

export const importResult = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
  unlisted: z.int().optional().describe('Rejected lines beyond those that are listed'),
});

/** The shape with nullable fields: null removes a field. */
function nullish<T extends z.ZodRawShape>(shape: T) {
  return Object.fromEntries(
    Object.entries(shape).map(([field, schema]) => [field, z.nullish(schema)]),
  ) as unknown as { [K in keyof T]: z.ZodOptional<z.ZodNullable<T[K]>> };
}
