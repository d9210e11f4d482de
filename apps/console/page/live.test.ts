import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from './api.ts';
import { createDeduplicator, isMissingGateway } from './live.ts';

test('a 4xx response without a problem, or without JSON, means that no gateway serves the page', () => {
  assert.ok(isMissingGateway(new Problem(404, { type: 'urn:problem:not-found' })));
  assert.ok(isMissingGateway(new Problem(403, {})));
  assert.ok(isMissingGateway(new SyntaxError('no JSON')));
});

test('a gateway that is unreachable or overloaded is retried', () => {
  assert.ok(!isMissingGateway(new Problem(0, {})));
  assert.ok(!isMissingGateway(new Problem(503, {})));
  assert.ok(!isMissingGateway(new Problem(429, { type: 'urn:problem:too-many-requests' })));
});

test('replayed event ids are dropped, ids of a new epoch are not', () => {
  const isNew = createDeduplicator();
  assert.deepEqual(['a.1', 'a.2', 'a.1', 'a.2', 'a.3', 'b.1', 'b.1', 'b.10', 'b.9'].map(isNew), [
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
