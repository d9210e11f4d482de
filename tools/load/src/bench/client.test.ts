import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openClient, sendAtRate, sendSaturated } from './client.ts';

test('the saturated load keeps all connections busy, and no more', async () => {
  let [running, most, count] = [0, 0, 0];
  const sent = await sendSaturated(
    async () => {
      most = Math.max(most, ++running);
      count++;
      await Promise.resolve();
      running--;
    },
    100,
    4,
  );
  assert.deepEqual([sent.requests, count, most, sent.lateP99], [100, 100, 4, 0]);
});

test(
  'at a rate requests are sent whenever earlier ones are answered, and wait for all of them',
  { timeout: 10_000 },
  async () => {
    const answers: (() => void)[] = [];
    let sent = 0;
    const sending = sendAtRate(
      () =>
        new Promise<void>((resolve) => {
          answers.push(resolve);
          // The first ten are answered with the tenth: a closed model would never get there.
          if (++sent === 10) for (const answer of answers) answer();
          if (sent > 10) resolve();
        }),
      { perSecond: 2_000, seconds: 0.05, seed: 1 },
    );
    const { requests, p99 } = await sending;
    assert.ok(requests > 10 && requests === sent, `${requests} of ${sent}`);
    assert.ok(p99 > 0);
  },
);

test('a failed request fails the round, also while others are due', async () => {
  const fail = () => Promise.reject(new Error('refused'));
  await assert.rejects(sendAtRate(fail, { perSecond: 1_000, seconds: 0.02, seed: 1 }), /refused/);
  await assert.rejects(sendSaturated(fail, 10, 2), /refused/);
});

test('a response with another status than expected is an error that names the request', async () => {
  await using running = new AsyncDisposableStack();
  const server = createServer((request, response) => {
    const { prefer, 'if-none-match': tag } = request.headers;
    response.writeHead(tag === '"1"' ? 304 : prefer === 'return=minimal' ? 204 : 200).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.defer(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = running.use(openClient(url));
  assert.equal(await client.send({ path: '/a' }), '');
  assert.equal(await client.send({ path: '/a', etag: '"1"', status: 304 }), '');
  assert.equal(await client.send({ path: '/a', isMinimal: true, status: 204 }), '');
  await assert.rejects(client.send({ path: '/a', method: 'POST', status: 201 }), /POST .*\/a returned 200/);
});
