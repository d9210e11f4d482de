import type { App } from '@tandem/chassis/http/types';
import { z } from 'zod';
import type { AuditedTable, TableReader } from './tables.ts';

/** Tables of a local system that its gateway serves to operators. */
export interface ServedTables {
  readonly id: string;
  readonly of: (table: AuditedTable) => TableReader;
}

/** Limits of items and keys of one request, so that its response stays small. */
export const MAX_ITEMS = 500;
export const MAX_KEYS = 100;

const operator = { scope: 'operator' };
const table = z.enum(['products', 'carts']);
const scanBody = z.strictObject({
  table,
  kind: z.enum(['product', 'reservation', 'cart']),
  limit: z.int().min(1).max(MAX_ITEMS),
  after: z.string().optional(),
});
const readBody = z.strictObject({ table, pks: z.array(z.string()).min(1).max(MAX_KEYS) });

/** Registers the read-only routes to the tables, for operators and `npm run audit`. */
export function registerTables(app: App, { id, of }: ServedTables): void {
  app.get('/tables', { config: operator }, () => ({ id }));
  app.post('/tables/scan', { config: operator, schema: { body: scanBody } }, async ({ body }) => {
    const { table, ...query } = body;
    return of(table).scan({ ...query, segment: 0, segments: 1 });
  });
  app.post('/tables/read', { config: operator, schema: { body: readBody } }, async ({ body }) =>
    of(body.table).read(body.pks, { consistent: true }),
  );
}
