import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Units of DynamoDB per second. */
const units = z.strictObject({ read: z.number().min(0), write: z.number().min(0) });

/** Units at the seed's peak, by table (`products`) and index (`products/byCategory`), from measured consumption. */
const PEAK_FILE = join(import.meta.dirname, '../../tools/bill/peak-units.json');

const count = z.int().min(1).max(40_000);

const onDemand = z
  .strictObject({
    mode: z.literal('onDemand'),
    maxReadUnits: count.default(1_000),
    maxWriteUnits: count.default(500),
  })
  .describe('Pay per request, with a limit of units per second that caps the cost of a runaway client');

const provisioned = z
  .strictObject({
    mode: z.literal('provisioned'),
    minUnits: count,
    minReadUnits: count
      .optional()
      .describe('Minimum of the reads of tables, which cost a fifth of writes; default: minUnits'),
    minimums: z
      .record(z.string(), z.strictObject({ read: count, write: count }))
      .default({})
      .describe('Minimums of single tables (products) and indexes (products/byCategory) instead'),
    maxUnits: count,
    targetPercent: z.int().min(20).max(90).default(70),
  })
  .describe('Pay per hour, with auto scaling: cheaper for a constant load');

/** Capacity of the tables, in DynamoDB's units a second: the name of a preset, or figures. */
export const capacity = z.union([
  z.enum(['onDemand', 'steady']).transform((preset) => presets[preset]()),
  z.discriminatedUnion('mode', [onDemand, provisioned]),
]);

export type Capacity = z.output<typeof onDemand> | z.output<typeof provisioned>;

/** Presets of the capacity, by name. */
const presets: Readonly<Record<'onDemand' | 'steady', () => Capacity>> = {
  onDemand: () => onDemand.parse({ mode: 'onDemand' }),
  steady: () => steadyCapacity(),
};

/**
 * Provisioned capacity that sustains the seed's peak at once, without burst or scaling: each table and index is used to 70 %
 * at the peak, AWS's usual target of auto scaling. Throws for an invalid file.
 */
export function steadyCapacity(text: string = readFileSync(PEAK_FILE, 'utf8')): z.output<typeof provisioned> {
  const targetPercent = 70;
  const minimum = (peak: number) => Math.max(1, Math.ceil((peak * 100) / targetPercent));
  const peaks = z.record(z.string(), units).parse(JSON.parse(text));
  return provisioned.parse({
    mode: 'provisioned',
    // Of a table or index that was not measured.
    minUnits: 5,
    minimums: Object.fromEntries(
      Object.entries(peaks).map(([name, { read, write }]) => [
        name,
        { read: minimum(read), write: minimum(write) },
      ]),
    ),
    maxUnits: 500,
    targetPercent,
  });
}
