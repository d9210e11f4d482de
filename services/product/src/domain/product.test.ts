import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { readEvent } from '@tandem/contracts/read-event';
import * as fc from 'fast-check';
import type { ProductContent } from './content.ts';
import {
  createProduct,
  deleteProduct,
  type NewProduct,
  patchProduct,
  replaceProduct,
} from './edit-product.ts';
import {
  contentOf,
  type CurrentProduct,
  found,
  live,
  type ProductDecision,
  stateEvent,
  type StoredProduct,
  withStock,
} from './product.ts';
import { changeStock } from './stock.ts';
import { after, T0, T1, widgetInput as input } from './testing.ts';
import { viewOf } from './view.ts';

const always = () => true;
const never = () => false;
const none: CurrentProduct = { stored: undefined };

const created = createProduct(none, 'prod-123', input, T0);
const widget = after(created);
const deleted: CurrentProduct = {
  stored: deleteProduct(widget, 'prod-123', T1, always).state,
  description: { version: 2, text: '' },
};

function rejects(kind: DomainError['kind'], code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof DomainError);
    assert.deepEqual([error.kind, error.code], [kind, code]);
    return true;
  };
}

test('a product is created at version 1 with the first count of its stock, and published whole', () => {
  const { state, description, events } = created;
  assert.deepEqual(viewOf(state, description), {
    ...input.content,
    productId: 'prod-123',
    inventory: 120,
    onHand: 120,
    held: 0,
    version: 1,
    createdAt: T0,
    updatedAt: T0,
  });
  assert.deepEqual(events, [
    {
      eventType: 'ProductCreated',
      productId: 'prod-123',
      name: 'Acme Widget',
      category: 'widgets',
      price: 1999,
      currency: 'USD',
      inventory: 120,
      onHand: 120,
      held: 0,
      incarnation: 1,
      updatedAt: T0,
      version: 1,
    },
  ]);
});

test('core F8: the stored product has no description, so that a stock change costs the same whatever its length', () => {
  const content = { ...input.content, description: 'x'.repeat(4_000) };
  const { state, description } = createProduct(none, 'p', { content, inventory: 5 }, T0);
  assert.ok(JSON.stringify(state).length < 500);
  assert.deepEqual(description, { version: 1, text: content.description });
});

test('a product that exists is not created again', () => {
  assert.throws(() => createProduct(widget, 'prod-123', input, T1), rejects('conflict', 'product-exists'));
});

test('the version goes on after delete and re-create, and the incarnation is another one', () => {
  assert.equal(deleted.stored?.version, 2);
  for (const { state, events } of [
    createProduct(deleted, 'prod-123', input, T1),
    replaceProduct(deleted, 'prod-123', input, T1, always),
  ]) {
    assert.deepEqual(
      [state.version, state.contentVersion, state.incarnation, state.createdAt, state.onHand, state.held],
      [3, 3, 3, T1, 120, 0],
    );
    assert.deepEqual(
      events.map(({ eventType }) => eventType),
      ['ProductCreated'],
    );
  }
});

test('core 3: a replacement changes the content and never the stock', () => {
  const { name, price, currency } = input.content;
  const content = { name, price: price + 1, currency };
  const decision = replaceProduct(widget, 'prod-123', { content, inventory: 0 }, T1, always);
  const { state, description, events } = decision;
  assert.deepEqual(contentOf(state, description), content);
  assert.deepEqual([state.onHand, state.version, state.contentVersion], [120, 2, 2]);
  assert.deepEqual(description, { version: 2, text: '' }, 'the description is removed');
  assert.deepEqual(events, [stateEvent('ProductUpdated', state)]);
});

test('core 7: a stock change keeps the version of the content, so that a selling product can be edited', () => {
  const product = found(widget.stored, 'prod-123');
  const { state } = withStock(product, changeStock(product, { delta: -3 }), T1);
  assert.deepEqual([state.version, state.contentVersion, state.onHand], [2, 1, 117]);
});

test('a change that changes nothing writes nothing and publishes nothing', () => {
  const product = found(widget.stored, 'prod-123');
  for (const { state, events } of [
    replaceProduct(widget, 'prod-123', input, T1, always),
    patchProduct(widget, 'prod-123', { price: 1999, name: undefined, imageUrl: null }, T1, always),
    patchProduct(widget, 'prod-123', {}, T1, always),
    withStock(product, changeStock(product, { delta: 0 }), T1),
    withStock(product, changeStock(product, { onHand: 120 }), T1),
  ]) {
    assert.equal(state, widget.stored);
    assert.deepEqual(events, []);
  }
});

test('a merge patch sets the fields it names, removes those that are null and leaves the rest', () => {
  const patch = { price: 5, category: null, description: undefined };
  const { state, description } = patchProduct(widget, 'prod-123', patch, T1, always);
  assert.equal(description, undefined, 'the description is not written again');
  const content = contentOf(state, widget.description);
  assert.deepEqual(
    [content.price, content.category, content.description, content.name, state.version, state.createdAt],
    [5, undefined, 'Turns', 'Acme Widget', 2, T0],
  );
});

test('deletes into a tombstone of the next version, which keeps the ledger', () => {
  const { state, description, events } = deleteProduct(widget, 'prod-123', T1, always);
  const ledger = { stocked: 120, sold: 0, missing: 0 };
  assert.deepEqual(state, { productId: 'prod-123', version: 2, updatedAt: T1, deleted: true, ledger });
  assert.deepEqual(description, { version: 2, text: '' });
  assert.deepEqual(events, [
    { eventType: 'ProductDeleted', productId: 'prod-123', version: 2, updatedAt: T1 },
  ]);
  assert.equal(live(state), undefined);
});

test('a product that is unknown or deleted cannot be changed', () => {
  for (const current of [none, deleted]) {
    for (const change of [
      () => patchProduct(current, 'prod-123', { price: 1 }, T1, always),
      () => deleteProduct(current, 'prod-123', T1, always),
      () => found(current.stored, 'prod-123'),
    ])
      assert.throws(change, rejects('notFound', 'product-not-found'));
  }
});

test('a precondition is checked against the content version, before anything else', () => {
  const checked: (number | undefined)[] = [];
  const record = (version: number | undefined) => {
    checked.push(version);
    return true;
  };
  replaceProduct(none, 'prod-123', input, T1, record);
  replaceProduct(deleted, 'prod-123', input, T1, record);
  replaceProduct(widget, 'prod-123', input, T1, record);
  patchProduct(widget, 'prod-123', {}, T1, record);
  deleteProduct(widget, 'prod-123', T1, record);
  assert.deepEqual(checked, [undefined, undefined, 1, 1, 1]);
  for (const change of [
    () => replaceProduct(widget, 'prod-123', input, T1, never),
    () => patchProduct(widget, 'prod-123', {}, T1, never),
    () => deleteProduct(deleted, 'prod-123', T1, never),
  ])
    assert.throws(change, rejects('preconditionFailed', 'precondition-failed'));
});

const count = fc.nat({ max: 1_000_000_000 });
const text = fc.string({ minLength: 1, maxLength: 20 });
/** Each field that a write may set: the compiler refuses the list when a field is missing. */
const fields: { readonly [F in keyof Required<ProductContent>]: fc.Arbitrary<Required<ProductContent>[F]> } =
  {
    name: text,
    description: text,
    category: text,
    imageUrl: text,
    price: count,
    currency: fc.constantFrom('USD', 'EUR'),
    maxPerCart: fc.integer({ min: 1, max: 999 }),
  };
const contents = fc.record(fields, { requiredKeys: ['name', 'price', 'currency'] });

for (const field of Object.keys(fields) as (keyof ProductContent)[]) {
  test(`house M1: every change of ${field} is a new version, is published and can be read back`, () => {
    fc.assert(
      fc.property(contents, fields[field], (content, value) => {
        const before = after(createProduct(none, 'p', { content, inventory: 1 }, T0));
        for (const decision of [
          patchProduct(before, 'p', { [field]: value }, T1, always),
          replaceProduct(before, 'p', { content: { ...content, [field]: value }, inventory: 9 }, T1, always),
        ]) {
          const { state, events } = decision;
          const isChange = content[field] !== value;
          assert.deepEqual([state.version, events.length], isChange ? [2, 1] : [1, 0]);
          assert.equal(viewOf(state, after(decision, before).description)[field], value);
        }
      }),
      { numRuns: 50 },
    );
  });
}

type Change = (current: CurrentProduct) => ProductDecision<StoredProduct>;
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ content: contents, inventory: count }).map(
    (input: NewProduct): Change =>
      (current) =>
        createProduct(current, 'p', input, T0),
  ),
  fc.record({ content: contents, inventory: count }).map(
    (input: NewProduct): Change =>
      (current) =>
        replaceProduct(current, 'p', input, T0, always),
  ),
  fc
    .record({ price: count, category: fc.option(text), description: fc.option(text) }, { requiredKeys: [] })
    .map(
      (patch): Change =>
        (current) =>
          patchProduct(current, 'p', patch, T0, always),
    ),
  fc
    .oneof(fc.record({ delta: fc.integer({ min: -1_000, max: 1_000 }) }), fc.record({ onHand: count }))
    .map((change): Change => ({ stored }) => {
      const product = found(stored, 'p');
      return withStock(product, changeStock(product, change), T0);
    }),
  fc.constant<Change>((current) => deleteProduct(current, 'p', T0, always)),
);

test('whatever is done: each change is one version and one event, and the ledger explains the stock', () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 20, size: 'max' }), (history) => {
      let current: CurrentProduct = none;
      for (const change of history) {
        let decision: ProductDecision<StoredProduct>;
        try {
          decision = change(current);
        } catch (error) {
          assert.ok(error instanceof DomainError);
          continue;
        }
        const { state, description, events } = decision;
        if (state === current.stored) {
          assert.deepEqual(events, []);
          continue;
        }
        assert.equal(state.version, (current.stored?.version ?? 0) + 1);
        const product = live(state);
        if (product) {
          const { stocked, sold, missing } = product.ledger;
          assert.equal(product.onHand, stocked - sold + missing);
        }
        const [event, ...more] = events;
        assert.ok(event && 'version' in event && more.length === 0);
        assert.equal(event.version, state.version);
        const sent = { ...event, eventId: 'e', schemaVersion: 1 };
        assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
        current = { stored: state, description: description ?? current.description };
      }
    }),
    { numRuns: 300 },
  );
});
