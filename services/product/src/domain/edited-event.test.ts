import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProduct, deleteProduct, patchProduct, replaceProduct } from './edit-product.ts';
import { importProduct } from './import.ts';
import { requireProduct, withStock } from './product.ts';
import { changeStock } from './stock.ts';
import { after, productWith, T0, T1, typesOf, widgetInput as input } from './testing.ts';

const always = () => true;
const created = createProduct({ stored: undefined }, 'p', input, T0);
const widget = after(created);
const { name, currency } = input.content;

const dearer = {
  eventType: 'ProductEdited',
  productId: 'p',
  name,
  price: 2499,
  currency,
  previousName: name,
  previousPrice: 1999,
  previousCurrency: currency,
  version: 2,
  timestamp: T1,
};

const importWith = (fields: object, isStockCount = false) =>
  importProduct(widget, 'p', fields, { isStockCount }, T1);

test('each way to edit a product publishes the edit, with the name and the price before it', () => {
  for (const decision of [
    patchProduct(widget, 'p', { price: 2499 }, T1, always),
    replaceProduct(widget, 'p', { ...input, content: { ...input.content, price: 2499 } }, T1, always),
    importWith({ price: 2499 }),
    importWith({ price: 2499, inventory: 7 }),
    importWith({ price: 2499, inventory: 7 }, true),
  ]) {
    assert.deepEqual(typesOf(decision.events), ['ProductUpdated', 'ProductEdited']);
    assert.deepEqual(decision.events[1], dearer);
  }
});

test('an edit of another field publishes the same price twice; the change of currency has both', () => {
  for (const [fields, expected] of [
    [{ name: 'Mug' }, { ...dearer, name: 'Mug', price: 1999 }],
    [{ description: 'Turns faster' }, { ...dearer, price: 1999 }],
    [{ currency: 'EUR' }, { ...dearer, price: 1999, currency: 'EUR' }],
  ] as const)
    assert.deepEqual(patchProduct(widget, 'p', fields, T1, always).events[1], expected);
});

test('creations, deletions, changes of the stock and writes without a change are no edits', () => {
  const product = requireProduct(widget.stored, 'p');
  const deletion = deleteProduct(widget, 'p', T1, always);
  const deleted = { stored: deletion.state };
  for (const { events } of [
    created,
    deletion,
    createProduct(deleted, 'p', input, T1),
    replaceProduct(deleted, 'p', input, T1, always),
    importProduct(deleted, 'p', { ...input.content, inventory: 3 }, { isStockCount: true }, T1),
    withStock(product, changeStock(product, { delta: 1 }), T1),
    withStock(productWith(5, 2), changeStock(productWith(5, 2), { onHand: 1 }), T1),
    importWith({ inventory: 7 }, true),
    importWith({ ...input.content, inventory: 120 }, true),
    replaceProduct(widget, 'p', input, T1, always),
    patchProduct(widget, 'p', { price: 1999 }, T1, always),
  ])
    assert.ok(!typesOf(events).includes('ProductEdited'));
});
