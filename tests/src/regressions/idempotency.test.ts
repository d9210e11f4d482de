import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concurrently } from '../support/concurrency.ts';
import type { ApiResponse } from '../support/http.ts';
import { storeName } from '../support/store.ts';
import { countEvents } from './event-counter.ts';
import { differentBody, isReplay, prepareRequest, replayedParts } from './keyed-requests.ts';
import { operationsOf } from './operations.ts';
import { withTwoCarts } from './two-carts.ts';

const TIMES = 50;
/** Operations whose response is stored after their effect: only later requests are replayed (decision 013). */
const NOT_TRANSACTED = ['/products/import', '/products/snapshots'];

test(`${TIMES} requests with the same key have one effect and one response, for every POST, on ${storeName}`, async (t) => {
  await withTwoCarts(async (system) => {
    using counter = await countEvents(system.urls);
    const operations = [
      ...(await operationsOf(system.urls.product)),
      ...(await operationsOf(system.urls.cart)),
    ];
    const posts = operations.filter(({ method }) => method === 'POST');
    assert.ok(posts.length >= 9);
    for (const [i, post] of posts.entries()) {
      await t.test(`POST ${post.path}`, async () => {
        const [reference, request] = [
          await prepareRequest(system, post, `reference-${i}`),
          await prepareRequest(system, post, `p-${i}`),
        ];
        const single = await counter.count(async () =>
          assert.ok((await reference.send(undefined)).status < 300),
        );
        const responses: ApiResponse[] = [];
        const repeated = await counter.count(async () => {
          if (NOT_TRANSACTED.includes(post.path)) responses.push(await request.send('key'));
          const rest = TIMES - responses.length;
          responses.push(...(await concurrently(rest, (position) => request.send('key', {}, position))));
        });
        assert.deepEqual(repeated, single);
        assert.deepEqual(await request.cartState(), await reference.cartState());

        const [first = assert.fail()] = responses;
        assert.ok(first.status < 300, first.text);
        for (const response of responses) assert.deepEqual(replayedParts(response), replayedParts(first));
        assert.equal(responses.filter(isReplay).length, TIMES - 1);

        if (request.body !== undefined) {
          assert.ok(post.statuses.includes('422'));
          const other = await request.send('key', { body: differentBody(request.body) });
          assert.equal(other.status, 422, other.text);
        }
        await request.deleteAll({ location: first.headers.get('location') });
        const late = await request.send('key');
        assert.deepEqual(replayedParts(late), replayedParts(first));
        assert.ok(isReplay(late));
      });
    }
  });
});

test(`concurrent imports and snapshots with the same key get the same response, on ${storeName}`, () =>
  withTwoCarts(async (system) => {
    const operations = await operationsOf(system.urls.product);
    for (const path of NOT_TRANSACTED) {
      const post = operations.find((operation) => operation.path === path) ?? assert.fail(path);
      const { send } = await prepareRequest(system, post, 'mug');
      const responses = await concurrently(TIMES, () => send('key'));
      const [first = assert.fail()] = responses;
      for (const response of responses) assert.deepEqual(replayedParts(response), replayedParts(first));
      assert.equal(responses.filter(isReplay).length, TIMES - 1);
    }
  }));
