import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOfTrace, keepBody } from './sent-bodies.ts';

const traceparentOf = (number: number) => `00-${String(number).padStart(32, '0')}-0000000000000001-01`;
const idOf = (number: number) => String(number).padStart(32, '0');

test('the bodies of the latest requests are kept by their traces, without those that have a secret', () => {
  keepBody(traceparentOf(1), { productId: 'bell', qty: 1 });
  keepBody(traceparentOf(2), { fromCartId: 'guest-secret' });
  keepBody(traceparentOf(3), undefined);
  keepBody(null, { qty: 1 });
  assert.deepEqual(
    [1, 2, 3].map((number) => bodyOfTrace(idOf(number))),
    ['{"productId":"bell","qty":1}', undefined, undefined],
  );
  for (let number = 4; number < 104; number++) keepBody(traceparentOf(number), { number });
  assert.equal(bodyOfTrace(idOf(1)), undefined);
  assert.equal(bodyOfTrace(idOf(4)), '{"number":4}');
});
