import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryObserver } from '@tanstack/query-core';
import { Problem } from './api.ts';
import { isUnavailable, queries } from './query.ts';

test('what is down, busy or throttled may succeed later; a rejected request does not', () => {
  for (const status of [0, 429, 500, 503]) assert.ok(isUnavailable(new Problem(status, {})), String(status));
  for (const status of [400, 401, 404, 409])
    assert.ok(!isUnavailable(new Problem(status, {})), String(status));
  assert.ok(!isUnavailable(new TypeError('undefined is not a function')));
});

test('a read that fails while a service is down is repeated until it succeeds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let attempts = 0;
  const observer = new QueryObserver(queries, {
    queryKey: ['down', 1],
    async queryFn() {
      attempts += 1;
      if (attempts < 4) throw new Problem(503, { detail: 'down' });
      return 'up';
    },
  });
  const failures: number[] = [];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const unsubscribe = observer.subscribe(({ data, failureCount, failureReason }) => {
    if (data !== undefined) resolve(data);
    if (failureReason && failureCount > failures.length) {
      failures.push(failureCount);
      queueMicrotask(() => t.mock.timers.tick(60_000));
    }
    t.mock.timers.tick(1);
  });
  t.mock.timers.tick(1);
  assert.equal(await promise, 'up');
  assert.equal(attempts, 4);
  unsubscribe();
});
