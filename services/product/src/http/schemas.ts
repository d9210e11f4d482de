import { MAX_PRICE } from '@tandem/contracts/events';
import { z } from 'zod';
import type { ProductContent } from '../domain/content.ts';
import * as examples from './examples.ts';
import { MAX_CATEGORY_LENGTH, productId } from './parameters.ts';
import { imageUrl, lineText, linesText } from './text.ts';

const MOST_UNITS = 1_000_000_000;
const units = z.int().min(0).max(MOST_UNITS);

/** Every field of a product's content. The compiler checks that it has the same fields as the domain's. */
const content = {
  name: lineText(200).describe('Normalized to NFC'),
  description: linesText(4_000).describe('Normalized to NFC'),
  category: lineText(MAX_CATEGORY_LENGTH).describe('Normalized to NFC'),
  imageUrl: imageUrl.describe('An http or https URL, or a path that begins with one slash'),
  price: z
    .int()
    .min(0)
    .max(MAX_PRICE)
    .describe('Integer minor units of the currency by ISO 4217, e.g. cents'),
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

export const newProduct = z
  .strictObject({
    ...contentInput,
    inventory: units.default(0).describe('The first count of the stock'),
    productId: productId.optional(),
  })
  .meta({ examples: [examples.newProduct] });

export const productReplacement = z
  .strictObject({ ...readOnlyFields, ...contentInput, inventory: firstCount })
  .meta({ examples: [examples.productReplacement] });

export const importedProduct = z.strictObject({
  ...readOnlyFields,
  ...z.object(content).partial().shape,
  inventory: units.optional(),
  productId,
});

const byStock = z.never('is changed by POST /products/{productId}/stock').optional();
const byServer = z.never('is set by the server').optional();

export const productPatch = z
  .strictObject({
    ...z.object({ name, price, currency }).partial().shape,
    ...nullish(optional),
    inventory: byStock,
    onHand: byStock,
    held: byStock,
    productId: byServer,
    version: byServer,
    createdAt: byServer,
    updatedAt: byServer,
  })
  .meta({ examples: [examples.productPatch] });

export const stockChange = z
  .strictObject({
    delta: z
      .int()
      .min(-MOST_UNITS)
      .max(MOST_UNITS)
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
    examples: [examples.stockChange],
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
  .meta({ id: 'Product', examples: [examples.product] });

export const productPage = z
  .object({
    items: z.array(product).describe('Without descriptions'),
    nextCursor: z.string().optional().describe('Present when there may be more'),
    complete: z
      .boolean()
      .optional()
      .describe('false: the search has a part of the catalog only, which is larger than its index'),
  })
  .meta({ examples: [{ items: [examples.product], nextCursor: examples.cursor }] });

export const snapshotStarted = z
  .object({ snapshotId: z.string() })
  .meta({ examples: [{ snapshotId: '0b9a4f0e-3d55-4f0c-9a7e-2f1f5d6f4a11' }] });

export const importResult = z
  .object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
    unlisted: z.int().optional().describe('Rejected lines beyond those that are listed'),
  })
  .meta({ examples: [examples.importResult] });

/** The shape with nullable fields: null removes a field. */
function nullish<T extends z.ZodRawShape>(shape: T) {
  return Object.fromEntries(
    Object.entries(shape).map(([field, schema]) => [field, z.nullish(schema)]),
  ) as unknown as { [K in keyof T]: z.ZodOptional<z.ZodNullable<T[K]>> };
}
