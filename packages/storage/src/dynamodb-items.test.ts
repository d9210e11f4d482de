import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleEvent } from './conformance/fixtures.ts';
import { itemOf, stateOf, storedState } from './dynamodb-items.ts';

const row = {
  pk: 'thing#a',
  version: 3,
  state: { version: 3, count: 1 },
  events: [],
};

test('an item has its version once, and a list of events only with events', () => {
  assert.deepEqual(itemOf(row), {
    pk: { S: 'thing#a' },
    version: { N: '3' },
    state: { M: { count: { N: '1' } } },
  });
  const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
  const item = itemOf({ ...row, traceparent, events: [sampleEvent('x')] });
  assert.deepEqual(
    [item['events']?.L?.length, item['traceparent'], item['hasEvents']],
    [1, { S: traceparent }, { BOOL: true }],
  );
});

test('a state has the version of its item, also one that was stored with another', () => {
  assert.deepEqual(storedState(itemOf(row)), { pk: 'thing#a', version: 3, state: row.state });
  const raised = { version: { N: '9' }, state: { M: { version: { N: '3' }, count: { N: '1' } } } };
  assert.deepEqual(stateOf(raised), { version: 9, count: 1 });
});

test('numbers that cannot be stored without loss are rejected, and so is what is no JSON', () => {
  for (const count of [2 ** 53, NaN, Infinity, 1n, () => 1, Symbol('x')])
    assert.throws(
      () => itemOf({ ...row, state: { version: 3, count } as never }),
      /cannot be stored|without loss/,
    );
  const counts = { count: -0.5, deep: { count: Number.MIN_SAFE_INTEGER } };
  const state = { version: 3, ...counts };
  assert.deepEqual(storedState(itemOf({ ...row, state })).state, state);
});

test('the lines of a cart take half the bytes of a list of maps', () => {
  const lines = Array.from({ length: 10 }, (_, i) => ({
    productId: `p-${i}`,
    response: { cartVersion: i, revision: i },
  }));
  const { state } = itemOf({ ...row, state: { version: 3, lines } as never });
  assert.ok((state?.M?.['lines']?.SS?.[0]?.length ?? Infinity) < JSON.stringify(lines).length / 2);
});
