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

test('an entry has the fields that carts need, from every event with the state of a product', () => {
  for (const eventType of ['ProductCreated', 'ProductUpdated', 'ProductSnapshot'] as const)
    assert.deepEqual(entryOf({ eventType, ...state, category: 'widgets', eventId: 'e' }), state);
});

test('an entry has maxPerCart and the incarnation if the producer sends them', () => {
  const event = { eventType: 'ProductUpdated', ...state, maxPerCart: 5, incarnation: 40 } as const;
  assert.deepEqual(entryOf(event), { ...state, maxPerCart: 5, incarnation: 40 });
});

const updated = (version: number) => ({ eventType: 'ProductUpdated', ...state, version }) as const;
const snapshot = (version: number) => ({ eventType: 'ProductSnapshot', ...state, version }) as const;

test('the higher version wins, in any order', () => {
  const entry = entryOf(updated(42));
  assert.equal(entryAfter(entry, updated(42)), entry);
  assert.equal(entryAfter(entry, snapshot(41)), entry);
  assert.deepEqual(entryAfter(entry, updated(1_000_042)), { ...state, version: 1_000_042 });
  assert.deepEqual(entryAfter(undefined, updated(900_000_000_000)), { ...state, version: 900_000_000_000 });
});

test('core 14: an implausible version of a stored product throws, so that its event is dead-lettered', () => {
  for (const event of [updated(1_000_043), snapshot(1_000_043)]) {
    const { kind, code } = errorOf(() => entryAfter(entryOf(updated(42)), event));
    assert.deepEqual([kind, code], ['invalid', 'version-implausible']);
  }
});

test('core 14: a snapshot repairs an implausible version that was stored first; later events then apply normally', () => {
  const implausible = entryOf(updated(900_000_000_000));
  assert.equal(
    entryAfter(implausible, updated(43)),
    implausible,
    'another event does not: it may be outdated',
  );
  const repaired = entryAfter(implausible, snapshot(43));
  assert.deepEqual([productVersionOf(repaired), repaired.version], [43, implausible.version + 1]);
  assert.equal(entryAfter(repaired, updated(42)), repaired);
  assert.equal(entryAfter(repaired, updated(43)), repaired);
  const next = entryAfter(repaired, updated(44));
  assert.deepEqual([productVersionOf(next), next.version], [44, implausible.version + 2]);
});

test('a deleted product leaves a tombstone with its version, so that late events are ignored', () => {
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
  ['deleted, while the catalog is incomplete', deleted, false, 'conflict', 'product-deleted'],
  ['unknown', undefined, true, 'notFound', 'product-not-found'],
  ['unknown, while the catalog is incomplete', undefined, false, 'unavailable', 'catalog-not-synchronised'],
] as const;

for (const [name, entry, isSynchronised, kind, code] of errors) {
  test(`requireProduct throws ${code} for a product that is ${name}`, () => {
    assert.throws(
      () => requireProduct(catalogOf(entry, isSynchronised), 'prod-123'),
      (error) => {
        assert.ok(error instanceof DomainError);
        assert.deepEqual([error.kind, error.code], [kind, code]);
        assert.equal(error.details?.['retryAfterSeconds'], kind === 'unavailable' ? 1 : undefined);
        return true;
      },
    );
  });
}

test('requireProduct returns a stored product, also while the catalog is incomplete', () => {
  assert.equal(requireProduct(catalogOf(state, false), 'prod-123'), state);
  assert.equal(requireProduct(catalogOf(state, true), 'prod-123'), state);
});
