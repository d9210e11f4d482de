import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import type { NewEvent } from '@tandem/contracts/events';
import { readEvent } from '@tandem/contracts/read-event';
import * as fc from 'fast-check';
import {
  adjustStock,
  createProduct,
  deleteProduct,
  live,
  patchProduct,
  type ProductInput,
  replaceProduct,
  stateEvent,
  type StoredProduct,
} from './product.ts';

const T0 = '2026-02-14T15:00:00.000Z';
const T1 = '2026-02-14T16:00:00.000Z';
const always = () => true;
const never = () => false;

const input: ProductInput = {
  name: 'Acme Widget',
  description: 'Turns',
  category: 'widgets',
  price: 1999,
  currency: 'USD',
  inventory: 120,
};
const { state: widget } = createProduct(undefined, 'prod-123', input, T0);
const { state: deleted } = deleteProduct(widget, 'prod-123', T1, always);

function refuses(kind: DomainError['kind'], code: string, details?: object) {
  return (error: unknown) => {
    assert.ok(error instanceof DomainError);
    assert.deepEqual([error.kind, error.code], [kind, code]);
    if (details) assert.deepEqual(error.details, details);
    return true;
  };
}

test('creates at version 1 and tells the whole state', () => {
  const { state, events } = createProduct(undefined, 'prod-123', input, T0);
  assert.deepEqual(state, { ...input, productId: 'prod-123', version: 1, createdAt: T0, updatedAt: T0 });
  assert.deepEqual(events, [
    {
      eventType: 'ProductCreated',
      productId: 'prod-123',
      name: 'Acme Widget',
      category: 'widgets',
      price: 1999,
      currency: 'USD',
      inventory: 120,
      updatedAt: T0,
      version: 1,
    },
  ]);
});

test('an event of a product without a category has none', () => {
  const { state } = createProduct(undefined, 'p', { ...input, category: undefined }, T0);
  assert.equal('category' in stateEvent('ProductSnapshot', state), false);
});

test('does not create what exists', () => {
  assert.throws(() => createProduct(widget, 'prod-123', input, T1), refuses('conflict', 'product-exists'));
});

test('the version goes on after delete and re-create, by either call', () => {
  assert.equal(deleted.version, 2);
  for (const { state, events } of [
    createProduct(deleted, 'prod-123', input, T1),
    replaceProduct(deleted, 'prod-123', input, T1, always),
  ]) {
    assert.deepEqual([state.version, state.createdAt], [3, T1]);
    assert.deepEqual(
      events.map(({ eventType }) => eventType),
      ['ProductCreated'],
    );
  }
});

test('replaces every field that a client says, and keeps the rest', () => {
  const { name, price, currency, inventory } = input;
  const { state, events } = replaceProduct(
    widget,
    'prod-123',
    { name, price: price + 1, currency, inventory },
    T1,
    always,
  );
  assert.deepEqual(state, {
    productId: 'prod-123',
    name,
    price: 2000,
    currency,
    inventory,
    version: 2,
    createdAt: T0,
    updatedAt: T1,
  });
  assert.deepEqual(events, [stateEvent('ProductUpdated', state)]);
});

test('a change that changes nothing writes nothing and tells nothing', () => {
  for (const { state, events } of [
    replaceProduct(widget, 'prod-123', { ...input }, T1, always),
    patchProduct(widget, 'prod-123', { price: 1999, name: undefined, imageUrl: null }, T1, always),
    patchProduct(widget, 'prod-123', {}, T1, always),
    adjustStock(widget, 'prod-123', 0, T1),
  ]) {
    assert.equal(state, widget);
    assert.deepEqual(events, []);
  }
});

test('a merge patch sets what it names, removes what is null and leaves the rest', () => {
  const { state, events } = patchProduct(
    widget,
    'prod-123',
    { price: 5, category: null, description: undefined },
    T1,
    always,
  );
  assert.deepEqual(
    [state.price, state.category, state.description, state.name, state.version, state.createdAt],
    [5, undefined, 'Turns', 'Acme Widget', 2, T0],
  );
  assert.deepEqual(events, [stateEvent('ProductUpdated', state)]);
});

test('deletes into a tombstone of the next version', () => {
  assert.deepEqual(deleteProduct(widget, 'prod-123', T1, always), {
    state: { productId: 'prod-123', version: 2, updatedAt: T1, deleted: true },
    events: [{ eventType: 'ProductDeleted', productId: 'prod-123', version: 2, updatedAt: T1 }],
  });
  assert.equal(live(deleted), undefined);
  assert.equal(live(undefined), undefined);
  assert.equal(live(widget), widget);
});

test('what is not there or deleted cannot be changed', () => {
  for (const stored of [undefined, deleted]) {
    for (const change of [
      () => patchProduct(stored, 'prod-123', { price: 1 }, T1, always),
      () => deleteProduct(stored, 'prod-123', T1, always),
      () => adjustStock(stored, 'prod-123', 1, T1),
    ])
      assert.throws(change, refuses('notFound', 'product-not-found'));
  }
});

test('the stock moves, to 0 and not below, and not beyond what a number counts exactly', () => {
  assert.equal(adjustStock(widget, 'prod-123', 5, T1).state.inventory, 125);
  const { state } = adjustStock(widget, 'prod-123', -120, T1);
  assert.deepEqual([state.inventory, state.version, state.updatedAt], [0, 2, T1]);
  assert.throws(
    () => adjustStock(widget, 'prod-123', -121, T1),
    refuses('conflict', 'insufficient-stock', { inventory: 120 }),
  );
  assert.throws(
    () => adjustStock(widget, 'prod-123', Number.MAX_SAFE_INTEGER, T1),
    refuses('conflict', 'stock-too-large'),
  );
});

test('a precondition is asked for the version that is there, before anything else', () => {
  const asked: (number | undefined)[] = [];
  const note = (version: number | undefined) => {
    asked.push(version);
    return true;
  };
  replaceProduct(undefined, 'prod-123', input, T1, note);
  replaceProduct(deleted, 'prod-123', input, T1, note);
  replaceProduct(widget, 'prod-123', input, T1, note);
  patchProduct(widget, 'prod-123', {}, T1, note);
  deleteProduct(widget, 'prod-123', T1, note);
  assert.deepEqual(asked, [undefined, undefined, 1, 1, 1]);

  const failed = 'precondition-failed';
  for (const change of [
    () => replaceProduct(widget, 'prod-123', input, T1, never),
    () => patchProduct(widget, 'prod-123', {}, T1, never),
    () => deleteProduct(widget, 'prod-123', T1, never),
  ])
    assert.throws(change, refuses('preconditionFailed', failed, { version: 1 }));
  assert.throws(
    () => deleteProduct(deleted, 'prod-123', T1, never),
    refuses('preconditionFailed', failed, {}),
  );
});

const count = fc.nat({ max: 1_000_000_000 });
const text = fc.string({ minLength: 1, maxLength: 20 });
const inputs: fc.Arbitrary<ProductInput> = fc.record(
  {
    name: text,
    price: count,
    currency: fc.constantFrom('USD', 'EUR'),
    inventory: count,
    category: text,
    description: text,
    imageUrl: text,
  },
  { requiredKeys: ['name', 'price', 'currency', 'inventory'] },
);
type Change = (stored: StoredProduct | undefined) => { state: StoredProduct; events: readonly NewEvent[] };
const changes: fc.Arbitrary<Change> = fc.oneof(
  inputs.map(
    (input): Change =>
      (stored) =>
        createProduct(stored, 'p', input, T0),
  ),
  inputs.map(
    (input): Change =>
      (stored) =>
        replaceProduct(stored, 'p', input, T0, always),
  ),
  fc.record({ price: count, category: fc.option(text), inventory: count }, { requiredKeys: [] }).map(
    (patch): Change =>
      (stored) =>
        patchProduct(stored, 'p', patch, T0, always),
  ),
  fc.integer({ min: -1_000, max: 1_000 }).map(
    (delta): Change =>
      (stored) =>
        adjustStock(stored, 'p', delta, T0),
  ),
  fc.constant<Change>((stored) => deleteProduct(stored, 'p', T0, always)),
);

test('whatever is done: each change is one version and one event, which a consumer reads as it was meant', () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 20, size: 'max' }), (history) => {
      let stored: StoredProduct | undefined;
      for (const change of history) {
        let decision: ReturnType<Change>;
        try {
          decision = change(stored);
        } catch (error) {
          assert.ok(error instanceof DomainError);
          continue;
        }
        const { state, events } = decision;
        if (state === stored) {
          assert.deepEqual(events, []);
          continue;
        }
        assert.equal(state.version, (stored?.version ?? 0) + 1);
        assert.ok((live(state)?.inventory ?? 0) >= 0);
        const [event, ...more] = events;
        assert.ok(event && 'version' in event && more.length === 0);
        assert.equal(event.version, state.version);
        const sent = { ...event, eventId: 'e', schemaVersion: 1 };
        assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
        stored = state;
      }
    }),
    { numRuns: 300 },
  );
});
