import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { type Catalog, type CatalogEntry, entryOf, live, sellable } from './catalog.ts';

const state = {
  productId: 'prod-123',
  version: 42,
  name: 'Acme Widget',
  price: 1999,
  currency: 'USD',
  inventory: 120,
  updatedAt: '2026-02-14T15:00:00Z',
};
const deleted: CatalogEntry = { productId: 'prod-123', version: 43, deleted: true };

test("keeps of a product's state what a cart needs, whichever event brought it", () => {
  for (const eventType of ['ProductCreated', 'ProductUpdated', 'ProductSnapshot'] as const)
    assert.deepEqual(entryOf({ eventType, ...state, category: 'widgets', eventId: 'e' }), state);
});

test('keeps a tombstone of a deleted product, with the version that late events must beat', () => {
  const event = { eventType: 'ProductDeleted', productId: 'prod-123', version: 43, updatedAt: '' } as const;
  assert.deepEqual(entryOf(event), deleted);
  assert.deepEqual([live(deleted), live(undefined), live(state)], [undefined, undefined, state]);
});

const catalogOf = (entry: CatalogEntry | undefined, isSynchronised: boolean): Catalog => ({
  entries: new Map(entry ? [[entry.productId, entry]] : []),
  isSynchronised,
});

const refusals = [
  ['deleted', deleted, true, 'conflict', 'product-deleted'],
  ['deleted, catalog not filled yet', deleted, false, 'conflict', 'product-deleted'],
  ['unknown', undefined, true, 'notFound', 'product-not-found'],
  ['not known yet', undefined, false, 'unavailable', 'catalog-not-synchronised'],
] as const;

for (const [name, entry, synchronised, kind, code] of refusals) {
  test(`does not sell a product that is ${name}`, () => {
    assert.throws(
      () => sellable(catalogOf(entry, synchronised), 'prod-123'),
      (error) => {
        assert.ok(error instanceof DomainError);
        assert.deepEqual([error.kind, error.code], [kind, code]);
        assert.equal(error.details?.['retryAfterSeconds'], kind === 'unavailable' ? 1 : undefined);
        return true;
      },
    );
  });
}

test('sells what it knows, also while the catalog is being filled', () => {
  assert.equal(sellable(catalogOf(state, false), 'prod-123'), state);
  assert.equal(sellable(catalogOf(state, true), 'prod-123'), state);
});
