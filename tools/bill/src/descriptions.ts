import type { Operation } from '@tandem/load/mix';
import type { Measurement, RequestConsumption } from './measurement.ts';

/** Bytes of the descriptions that `npm run measure` gives its products: a sentence. */
export const MEASURED_DESCRIPTION_BYTES = 105;
/** The API's limit, of characters: in UTF-8 up to four bytes each. */
export const MAX_DESCRIPTION_BYTES = 4 * 4_000;

/** Bytes of a unit. */
const [WRITE_UNIT, READ_UNIT] = [1_024, 4_096];

/** Operations whose response has the description, and whether they read its item: a task that reads a product knows it already. */
const described: Readonly<Partial<Record<Operation, { readonly reads: number }>>> = {
  'read a product': { reads: 0 },
  'change a price': { reads: 1 },
  'move stock': { reads: 1 },
  'put a product': { reads: 1 },
};

/**
 * A measurement as if descriptions had another size. A description is an item of its own, which a change of stock or a cart neither
 * reads nor writes: only what writes or returns it costs more.
 */
export function withDescriptions<M extends Measurement>(measured: M, bytes: number): M {
  const before = measured.operations['put a product'].itemBytes['description'] ?? 0;
  const after = before - MEASURED_DESCRIPTION_BYTES + bytes;
  const more = (unit: number) => Math.ceil(after / unit) - Math.ceil(before / unit);
  const changed = (operation: RequestConsumption, reads: number): RequestConsumption => {
    const { read, write, itemBytes, created, responseBytes } = operation;
    const add = (sums: typeof read, units: number) =>
      units === 0 ? sums : { ...sums, products: (sums['products'] ?? 0) + units };
    return {
      ...operation,
      responseBytes: responseBytes - MEASURED_DESCRIPTION_BYTES + bytes,
      read: add(read, reads * more(READ_UNIT)),
      // It is written with its product, in a transaction.
      write: add(write, 2 * (created['description'] ?? 0) * more(WRITE_UNIT)),
      itemBytes: 'description' in itemBytes ? { ...itemBytes, description: after } : itemBytes,
    };
  };
  const operations = Object.entries(measured.operations).map(([name, operation]) => {
    const found = described[name as Operation];
    return [name, found ? changed(operation, found.reads) : operation];
  });
  return { ...measured, operations: Object.fromEntries(operations) as M['operations'] };
}
