import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, Query, Table } from '@tandem/storage/table';
import { after, widgetInput, T0 } from '../domain/testing.ts';
import { createProduct } from '../domain/edit-product.ts';
import type { Reservation } from '../domain/reservation.ts';
import { createHolds } from './holds.ts';

const reservation = (cartId: string, held: number, incarnation = 1) =>
  ({ cartId, held, incarnation, holder: 'guest', heldUntil: T0 }) as Reservation;

/** Holds of a product with so many held units, whose pages of the index are these; the last has no cursor. */
function openHolds(held: number, pages: readonly (readonly Reservation[])[]) {
  const queries: Query[] = [];
  const { stored } = after(createProduct({ stored: undefined }, 'widget', widgetInput, T0));
  const table = {
    get: async () => ({ ...stored, held }),
    query: async (_type: unknown, query: Query): Promise<Page<Reservation>> => {
      queries.push(query);
      const page = Number(query.cursor ?? 0);
      return { items: pages[page] ?? [], ...(page + 1 < pages.length && { cursor: String(page + 1) }) };
    },
  } as unknown as Pick<Table, 'get' | 'query'>;
  return { holdsOf: createHolds(table), queries };
}

const idsOf = ({ items }: { items: readonly { cartId: string }[] }) => items.map(({ cartId }) => cartId);

test('the list stops once it has all units that the product holds', async () => {
  const { holdsOf, queries } = openHolds(5, [[], [reservation('a', 2)], [reservation('b', 3)], [], []]);
  const page = await holdsOf('widget');
  assert.deepEqual([idsOf(page), page.cursor, queries.length], [['a', 'b'], undefined, 3]);
  assert.equal(queries[0]?.idPrefix, 'widget/');
});

test('a page ends after ten queries, also if it is empty, and the next one continues to the end of the index', async () => {
  const pages = Array.from({ length: 14 }, (_, i) => (i === 12 ? [reservation('late', 1)] : []));
  const { holdsOf, queries } = openHolds(1, pages);
  const first = await holdsOf('widget');
  assert.deepEqual([idsOf(first), first.cursor, queries.length, first.keysRead], [[], '10', 10, 5_000]);
  const second = await holdsOf('widget', first.cursor);
  assert.deepEqual([idsOf(second), second.cursor], [['late'], undefined]);
});

test('holds of an earlier incarnation of the product are void', async () => {
  const { holdsOf } = openHolds(1, [[reservation('void', 4, 0), reservation('valid', 1)]]);
  assert.deepEqual(idsOf(await holdsOf('widget')), ['valid']);
});
