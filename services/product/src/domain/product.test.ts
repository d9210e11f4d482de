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
  requireProduct,
  live,
  type ProductDecision,
  stateEvent,
  type StoredProduct,
  withStock,
} from './product.ts';
import { changeStock } from './stock.ts';
import { after, T0, T1, typesOf, widgetInput as input } from './testing.ts';
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

test('a new product has version 1 and its initial stock, and its complete state is published', () => {
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

test('core F8: the description is stored separately, so that its length does not affect the cost of a stock change', () => {
  const content = { ...input.content, description: 'x'.repeat(4_000) };
  const { state, description } = createProduct(none, 'p', { content, inventory: 5 }, T0);
  assert.ok(JSON.stringify(state).length < 500);
  assert.deepEqual(description, { version: 1, text: content.description });
});

test('creating an existing product is a conflict', () => {
  assert.throws(() => createProduct(widget, 'prod-123', input, T1), rejects('conflict', 'product-exists'));
});

test('a recreated product continues the version, and has a new incarnation', () => {
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

test('core 3: a replacement changes the content, not the stock', () => {
  const { name, price, currency } = input.content;
  const content = { name, price: price + 1, currency };
  const decision = replaceProduct(widget, 'prod-123', { content, inventory: 0 }, T1, always);
  const { state, description, events } = decision;
  assert.deepEqual(contentOf(state, description), content);
  assert.deepEqual([state.onHand, state.version, state.contentVersion], [120, 2, 2]);
  assert.deepEqual(description, { version: 2, text: '' }, 'the description is removed');
  assert.deepEqual(events[0], stateEvent('ProductUpdated', state));
});

test('core 7: a stock change does not change the content version, so that sales do not fail edits', () => {
  const product = requireProduct(widget.stored, 'prod-123');
  const { state } = withStock(product, changeStock(product, { delta: -3 }), T1);
  assert.deepEqual([state.version, state.contentVersion, state.onHand], [2, 1, 117]);
});

test('a write without a change stores nothing and publishes nothing', () => {
  const product = requireProduct(widget.stored, 'prod-123');
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

test('a merge patch sets its fields, removes those that are null, and does not change the others', () => {
  const patch = { price: 5, category: null, description: undefined };
  const { state, description } = patchProduct(widget, 'prod-123', patch, T1, always);
  assert.equal(description, undefined, 'the description is not written again');
  const content = contentOf(state, widget.description);
  assert.deepEqual(
    [content.price, content.category, content.description, content.name, state.version, state.createdAt],
    [5, undefined, 'Turns', 'Acme Widget', 2, T0],
  );
});

test('a deletion leaves a tombstone with the next version and the ledger', () => {
  const { state, description, events } = deleteProduct(widget, 'prod-123', T1, always);
  const ledger = { stocked: 120, sold: 0, missing: 0 };
  assert.deepEqual(state, { productId: 'prod-123', version: 2, updatedAt: T1, deleted: true, ledger });
  assert.deepEqual(description, { version: 2, text: '' });
  assert.deepEqual(events, [
    { eventType: 'ProductDeleted', productId: 'prod-123', version: 2, updatedAt: T1 },
  ]);
  assert.equal(live(state), undefined);
});

test('a missing or deleted product cannot be changed', () => {
  for (const current of [none, deleted]) {
    for (const change of [
      () => patchProduct(current, 'prod-123', { price: 1 }, T1, always),
      () => deleteProduct(current, 'prod-123', T1, always),
      () => requireProduct(current.stored, 'prod-123'),
    ])
      assert.throws(change, rejects('notFound', 'product-not-found'));
  }
});

test('the precondition is checked against the content version, before other errors', () => {
  const versions: (number | undefined)[] = [];
  const record = (version: number | undefined) => {
    versions.push(version);
    return true;
  };
  replaceProduct(none, 'prod-123', input, T1, record);
  replaceProduct(deleted, 'prod-123', input, T1, record);
  replaceProduct(widget, 'prod-123', input, T1, record);
  patchProduct(widget, 'prod-123', {}, T1, record);
  deleteProduct(widget, 'prod-123', T1, record);
  assert.deepEqual(versions, [undefined, undefined, 1, 1, 1]);
  for (const change of [
    () => replaceProduct(widget, 'prod-123', input, T1, never),
    () => patchProduct(widget, 'prod-123', {}, T1, never),
    () => deleteProduct(deleted, 'prod-123', T1, never),
  ])
    assert.throws(change, rejects('preconditionFailed', 'precondition-failed'));
});

const count = fc.nat({ max: 1_000_000_000 });
const text = fc.string({ minLength: 1, maxLength: 20 });
/** Every field that a write may set. A missing field does not compile. */
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
  test(`house M1: every change of ${field} increments the version, is published and can be read`, () => {
    fc.assert(
      fc.property(contents, fields[field], (content, value) => {
        const before = after(createProduct(none, 'p', { content, inventory: 1 }, T0));
        for (const decision of [
          patchProduct(before, 'p', { [field]: value }, T1, always),
          replaceProduct(before, 'p', { content: { ...content, [field]: value }, inventory: 9 }, T1, always),
        ]) {
          const { state, events } = decision;
          const isChange = content[field] !== value;
          assert.deepEqual([state.version, events.length], isChange ? [2, 2] : [1, 0]);
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
      const product = requireProduct(stored, 'p');
      return withStock(product, changeStock(product, change), T0);
    }),
  fc.constant<Change>((current) => deleteProduct(current, 'p', T0, always)),
);

test('for any writes: each change has one version, an event of the state and one of an edit, and the ledger equals the stock', () => {
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
        const isEdit = product?.contentVersion === state.version && product.incarnation !== state.version;
        assert.deepEqual(typesOf(events).slice(1), isEdit ? ['ProductEdited'] : []);
        assert.ok(events.length > 0);
        for (const event of events) {
          assert.equal('version' in event && event.version, state.version);
          const sent = { ...event, eventId: 'e', schemaVersion: 1 };
          assert.deepEqual(readEvent(JSON.stringify(sent)), { ok: true, event: sent });
        }
        current = { stored: state, description: description ?? current.description };
      }
    }),
    { numRuns: 300 },
  );
});
