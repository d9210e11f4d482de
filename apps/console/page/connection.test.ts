import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from './api.ts';
import { createNews, delayAfter, saysNoGateway } from './connection.ts';

test('tries get rarer, down to one in ten seconds', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 50].map(delayAfter), [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('what is not there, or is no JSON, says that no gateway serves the page', () => {
  assert.ok(saysNoGateway(new Problem(404, { type: 'urn:problem:not-found' })));
  assert.ok(saysNoGateway(new Problem(403, {})));
  assert.ok(saysNoGateway(new SyntaxError('no JSON')));
});

test('a gateway that is away, or has no time, may answer later', () => {
  assert.ok(!saysNoGateway(new Problem(0, {})));
  assert.ok(!saysNoGateway(new Problem(503, {})));
  assert.ok(!saysNoGateway(new Problem(429, { type: 'urn:problem:too-many-requests' })));
});

test('what a stream tells once more is no news; what a new epoch tells is', () => {
  const isNews = createNews();
  assert.deepEqual(['a.1', 'a.2', 'a.1', 'a.2', 'a.3', 'b.1', 'b.1', 'b.10', 'b.9'].map(isNews), [
    true,
    true,
    false,
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});
