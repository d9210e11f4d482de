import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches, textParts } from './texts.ts';

test('text between backticks is code; a single backtick is text', () => {
  assert.deepEqual(textParts('ordered by `version`, or `cartVersion`'), [
    { isCode: false, value: 'ordered by ' },
    { isCode: true, value: 'version' },
    { isCode: false, value: ', or ' },
    { isCode: true, value: 'cartVersion' },
  ]);
  assert.deepEqual(textParts('a ` b'), [{ isCode: false, value: 'a ` b' }]);
});

test('an event is found by its name, a field or words of its description, in any order', () => {
  const event = ['CartCheckedOut', { description: 'An order', payload: { properties: { totalAmount: {} } } }];
  for (const search of ['', 'checkedout', 'totalAmount', 'order cart'])
    assert.ok(matches(event, search), search);
  assert.ok(!matches(event, 'order price'));
});
