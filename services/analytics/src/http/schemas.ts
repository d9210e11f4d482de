import { conditionHeader } from '@tandem/chassis/http/preconditions';
import { emptyAsAbsent, queryInteger } from '@tandem/chassis/http/schema';
import { z } from 'zod';
import { unitFigures } from '../application/units.ts';
import * as examples from './examples.ts';

const date = z.iso.date();
const units = z.int().min(0);
const rate = z.number().min(0);
const amount = z.int().describe('Integer minor units');
const currency = z.string().describe('ISO 4217');
const money = z.array(z.object({ currency, amount }));
const range = { from: date, to: date };

const dateParameter = emptyAsAbsent(
  z.iso
    .date('must be a date such as 2026-02-14')
    .meta({ examples: ['2026-02-14'] })
    .optional(),
);

/** Dates of a request. Which dates form a range depends on the current date: see `rangeOf`. */
const dates = {
  from: dateParameter.describe('First day (UTC). Default: 29 days before the last'),
  to: dateParameter.describe('Last day (UTC), at most 399 days after the first. Default: today'),
};

export const funnelQuery = z.object(dates);

export const productsQuery = z.object({
  ...dates,
  sort: emptyAsAbsent(z.enum(unitFigures).default('unitsCheckedOut')).describe('Descending'),
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
  cursor: emptyAsAbsent(
    z
      .string()
      .max(2_000)
      .meta({ examples: [examples.cursor] })
      .optional(),
  ),
});

export const productQuery = z.object(dates);

export const byId = z.object({
  productId: z
    .string()
    .normalize('NFC')
    .min(1)
    .max(200)
    .meta({ examples: ['bell-duo'] }),
});
export const conditionalRead = z.object({ 'if-none-match': conditionHeader.optional() });

const funnelFigures = {
  cartsOpened: z.int().describe('Carts that received their first line'),
  cartsAbandoned: z.int().describe('Carts that expired with at least one line'),
  cartsCheckedOut: z.int(),
  conversionRate: rate
    .nullable()
    .describe('Checked-out carts per opened cart; above 1 if more were opened on earlier days'),
  unitsCheckedOut: units,
  unitsPerCart: rate.nullable().describe('Units per checked-out cart'),
  revenue: money,
  valuePerCart: money.describe('Revenue per checked-out cart of any currency, rounded'),
};

export const funnel = z
  .object({
    ...range,
    total: z.object(funnelFigures),
    days: z.array(z.object({ date, ...funnelFigures })).describe('Each date of the range'),
  })
  .meta({ id: 'Funnel', examples: [examples.funnel] });

const unitsFigures = {
  unitsAdded: units.describe('A merge of carts counts the units that it moves as removed and added'),
  unitsRemoved: units,
  unitsHeld: units.describe('Units added, less those that were not in stock'),
  unitsExpired: units.describe('Units whose hold expired'),
  unitsCheckedOut: units,
  revenue: money,
};

const product = {
  productId: z.string(),
  name: z.string().optional().describe('Absent while no event with it has been received'),
};

export const productPage = z
  .object({
    ...range,
    items: z.array(
      z.object({
        ...product,
        ...unitsFigures,
        trend: z.array(units).describe('The figure that sorts, of each day of the range'),
      }),
    ),
    nextCursor: z.string().optional().describe('Present when there are more'),
  })
  .meta({ id: 'ProductPage', examples: [examples.productPage] });

const price = z.object({ price: amount, currency });

export const productFigures = z
  .object({
    ...product,
    ...range,
    total: z.object(unitsFigures),
    days: z.array(z.object({ date, ...unitsFigures })).describe('Each date of the range'),
    priceChanges: z
      .array(
        z.object({
          changedAt: z.iso.datetime(),
          version: z.int().describe('Version of the product after the change'),
          from: price,
          to: price,
          unitsAddedPerHour: z.object({
            before: rate.nullable().describe('null if no full hour was counted before the change'),
            after: rate.nullable().describe('null until a full hour has passed'),
          }),
          hoursBefore: z
            .array(units)
            .describe(
              'Units added in each of the 24 full hours before the hour of the change; those that were counted',
            ),
          hoursAfter: z
            .array(units)
            .describe('Units added in each of the 24 full hours after it; those that have ended'),
        }),
      )
      .describe('At most the 500 newest of the range, by version'),
  })
  .meta({ id: 'ProductFigures', examples: [examples.productFigures] });
