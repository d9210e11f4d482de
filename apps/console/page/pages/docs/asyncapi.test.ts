import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type AsyncApi, channelsOf, fieldsOf, typeOf } from './asyncapi.ts';

const file = new URL('../../../../../docs/generated/asyncapi.json', import.meta.url);
/** Events for operators, which no service consumes. */
const forOperators = ['InventoryShort'];
const document = JSON.parse(await readFile(file, 'utf8')) as AsyncApi;

test('every message of the document is on a channel with a publisher and a receiver', () => {
  const channels = channelsOf(document);
  const names = channels.flatMap(({ messages }) => messages.map(({ name }) => name));
  assert.deepEqual(names.toSorted(), Object.keys(document.components.messages).toSorted());
  for (const { publishers, receivers, messages } of channels) {
    assert.ok(publishers.length > 0 && receivers.length > 0);
    for (const message of messages) {
      assert.ok(message.receivers.length > 0 || forOperators.includes(message.name), message.name);
      assert.ok(message.fields.length > 0, message.name);
      assert.equal((JSON.parse(message.example ?? '') as { eventType: string }).eventType, message.name);
    }
  }
});

test('a payload is a table of its fields, nested fields after their parent', () => {
  const fields = fieldsOf({
    type: 'object',
    required: ['items'],
    properties: {
      items: {
        type: 'array',
        description: 'What was bought',
        items: { type: 'object', required: ['qty'], properties: { qty: { type: 'integer', minimum: 1 } } },
      },
      to: { type: 'object', properties: { cartId: { type: 'string' } } },
    },
  });
  assert.deepEqual(fields, [
    { name: 'items', type: 'list of objects', isRequired: true, description: 'What was bought' },
    { name: 'items[].qty', type: 'integer, 1 or more', isRequired: true, description: undefined },
    { name: 'to', type: 'object', isRequired: false, description: undefined },
    { name: 'to.cartId', type: 'string', isRequired: false, description: undefined },
  ]);
});

test('types are shown as text', () => {
  assert.equal(typeOf({ type: ['string', 'null'] }), 'string or null');
  assert.equal(typeOf({ anyOf: [{ type: 'string' }, { type: 'null' }] }), 'string or null');
  assert.equal(typeOf({ type: 'string', const: 'ProductUpdated' }), '"ProductUpdated"');
  assert.equal(typeOf({ type: 'string', format: 'date-time' }), 'string, date-time');
  assert.equal(typeOf({ type: 'array', items: { type: 'string' } }), 'list of strings');
  assert.equal(typeOf({}), 'anything');
});
