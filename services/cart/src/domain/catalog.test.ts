import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import {
  type Catalog,
  type CatalogEntry,
  entryAfter,
  entryOf,
  live,
  productVersionOf,
  requireProduct,
} from './catalog.ts';
import { errorOf } from './testing.ts';

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

test('stores maxPerCart and the incarnation if the producer sends them', () => {
  const event = { eventType: 'ProductUpdated', ...state, maxPerCart: 5, incarnation: 40 } as const;
  assert.deepEqual(entryOf(event), { ...state, maxPerCart: 5, incarnation: 40 });
});

const updated = (version: number) => ({ eventType: 'ProductUpdated', ...state, version }) as const;
const snapshot = (version: number) => ({ eventType: 'ProductSnapshot', ...state, version }) as const;

test('the newer version wins, whatever the order', () => {
  const known = entryOf(updated(42));
  assert.equal(entryAfter(known, updated(42)), known);
  assert.equal(entryAfter(known, snapshot(41)), known);
  assert.deepEqual(entryAfter(known, updated(1_000_042)), { ...state, version: 1_000_042 });
  assert.deepEqual(entryAfter(undefined, updated(900_000_000_000)), { ...state, version: 900_000_000_000 });
});

test('core 14: an implausible version of a known product is an error, so that it is dead-lettered', () => {
  for (const event of [updated(1_000_043), snapshot(1_000_043)]) {
    const { kind, code } = errorOf(() => entryAfter(entryOf(updated(42)), event));
    assert.deepEqual([kind, code], ['invalid', 'version-implausible']);
  }
});

test('core 14: an implausible version that came first is healed by a snapshot, after which events apply as ever', () => {
  const absurd = entryOf(updated(900_000_000_000));
  assert.equal(
    entryAfter(absurd, updated(43)),
    absurd,
    'an event alone does not: it may be as old as it looks',
  );
  const healed = entryAfter(absurd, snapshot(43));
  assert.deepEqual([productVersionOf(healed), healed.version], [43, absurd.version + 1]);
  assert.equal(entryAfter(healed, updated(42)), healed);
  assert.equal(entryAfter(healed, updated(43)), healed);
  const next = entryAfter(healed, updated(44));
  assert.deepEqual([productVersionOf(next), next.version], [44, absurd.version + 2]);
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

const errors = [
  ['deleted', deleted, true, 'conflict', 'product-deleted'],
  ['deleted, catalog not filled yet', deleted, false, 'conflict', 'product-deleted'],
  ['unknown', undefined, true, 'notFound', 'product-not-found'],
  ['not known yet', undefined, false, 'unavailable', 'catalog-not-synchronised'],
] as const;

for (const [name, entry, synchronised, kind, code] of errors) {
  test(`does not sell a product that is ${name}`, () => {
    assert.throws(
      () => requireProduct(catalogOf(entry, synchronised), 'prod-123'),
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
  assert.equal(requireProduct(catalogOf(state, false), 'prod-123'), state);
  assert.equal(requireProduct(catalogOf(state, true), 'prod-123'), state);
});
