import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, { location: { hash: '' }, addEventListener() {} });
const { addressFrom } = await import('../../parts/address.ts');
const { historyOf, linkToView, requestPathOf, viewFrom } = await import('./view.ts');

test('a view reads back from its link', () => {
  const view = { queue: 'cart-dlq', type: 'A', reason: '/a: b & c', text: 'bell', offset: 50 };
  assert.deepEqual(viewFrom(addressFrom(linkToView(view))), view);
});

test('a damaged offset is the first page, and empty filters are not sent', () => {
  const view = viewFrom(addressFrom('#/dead-letters?offset=-3'));
  assert.equal(view.offset, 0);
  assert.equal(requestPathOf(view), '/console/dead-letter-messages?offset=0&limit=25');
});

test('N4: the history of a message counts the attempts that were made, not the looks', () => {
  const message = {
    queue: 'q',
    messageId: 'm',
    body: '',
    reason: 'r',
    isAcceptable: false,
    attempts: 5,
    receives: 17,
    lastRedrive: { at: 0, who: 'the console', isEdited: true },
  };
  assert.match(
    historyOf(message),
    /^5 attempts failed · edited and redriven .* by the console, and failed again$/,
  );
});
