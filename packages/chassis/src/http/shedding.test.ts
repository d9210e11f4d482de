import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import Fastify from 'fastify';
import { createMetrics } from '../metrics.ts';
import { closeGracefully } from './app.ts';
import { createSampleApp } from './testing.ts';
import { registerShedding } from './shedding.ts';
import type { ZodTypeProvider } from './schema.ts';
import { createEventLoopSlots } from './event-loop-slots.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** An app of which one request is worked on and two may wait; `/slow` answers when it is released. */
async function busyApp() {
  const metrics = createMetrics();
  const { app, logged } = await createSampleApp({
    metrics,
    limits: { load: { maxInFlight: 1, maxWaiting: 2 } },
  });
  const released = Promise.withResolvers<void>();
  let begun = 0;
  app.get('/slow', async () => {
    begun += 1;
    await released.promise;
    return { done: true };
  });
  app.post('/slow', async () => ({ done: true }));
  const confirmed = Promise.withResolvers<void>();
  app.get('/waiting', (request) => request.idle(() => confirmed.promise.then(() => ({ done: true }))));
  await app.ready();
  // An injected request begins when it is awaited.
  const slow = (count: number) => Array.from({ length: count }, async () => await app.inject('/slow'));
  const waiting = (count: number) => Array.from({ length: count }, async () => await app.inject('/waiting'));
  return {
    app,
    slow,
    waiting,
    confirm: confirmed.resolve,
    logged,
    counts: () => metrics.counts(),
    begun: () => begun,
    release: released.resolve,
  };
}

test('a request that only waits leaves its place to others, and takes it again', async () => {
  const { slow, waiting, confirm, release } = await busyApp();
  const waits = waiting(2);
  release();
  const [served] = await Promise.all(slow(1));
  assert.equal(served?.statusCode, 200, 'it is served while the others wait');
  confirm();
  for (const { statusCode } of await Promise.all(waits)) assert.equal(statusCode, 200);
});

test('what fits into the queue is served; beyond it there is a problem 503 at once', async () => {
  const { app, slow, logged, counts, begun, release } = await busyApp();
  const served = slow(3);
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-request-id': 'mine' };
  const refused = await app.inject({ url: '/slow', headers });
  assert.equal(refused.statusCode, 503);
  assert.equal(refused.headers['content-type'], 'application/problem+json');
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal(refused.headers['x-request-id'], 'mine');
  assert.ok(String(refused.headers['traceparent']).includes(traceId));
  assert.equal(refused.json<{ type: string }>().type, 'urn:tandem:problem:overloaded');
  assert.equal(begun(), 1);
  assert.deepEqual(counts(), { RequestsShed: 1 });
  assert.deepEqual(logged, [], 'a flood must not become one of log lines');

  release();
  assert.deepEqual(
    (await Promise.all(served)).map(({ statusCode }) => statusCode),
    [200, 200, 200],
  );
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

test('the system routes are answered all the same', async () => {
  const { app, slow, release } = await busyApp();
  const served = slow(3);
  for (const url of ['/health', '/ready', '/openapi.json', '/docs']) {
    assert.equal((await app.inject(url)).statusCode, 200, url);
  }
  assert.equal((await app.inject('/nothing')).statusCode, 503);
  release();
  await Promise.all(served);
});

test('clients that disconnect give their places back, whether they waited or were worked on', async (t) => {
  const { app, begun } = await busyApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const clients = [];
  for (let client = 0; client < 3; client++) {
    const arrived = once(app.server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    clients.push({ socket, response: (await arrived)[1] });
  }
  await turn();
  assert.equal(begun(), 1);
  // Those who wait go first: each would begin in the place of the one before it.
  for (const { socket, response } of clients.toReversed()) {
    const gone = once(response, 'close');
    socket.resetAndDestroy();
    await gone;
  }
  assert.equal((await app.inject('/things/a')).statusCode, 200);
  assert.equal(begun(), 1, 'nobody waits for the others');
});

test('who goes while it waits is not begun, and takes no place: neither of those waiting nor of those worked on', async (t) => {
  const { app, slow, begun, release } = await busyApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => closeGracefully(app, 0));
  const { port } = app.server.address() as AddressInfo;
  const served = slow(1);
  for (let client = 0; client < 3; client++) {
    const arrived = once(app.server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    const [, response] = await arrived;
    const gone = once(response, 'close');
    socket.resetAndDestroy();
    await gone;
  }
  const waiting = app.inject('/things/a');
  release();
  await Promise.all(served);
  assert.equal((await waiting).statusCode, 200);
  assert.equal(begun(), 1);
});

test('a body that does not arrive keeps no place', async (t) => {
  const { app } = await busyApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => closeGracefully(app, 0));
  const { port } = app.server.address() as AddressInfo;
  for (let client = 0; client < 5; client++) {
    const arrived = once(app.server, 'request');
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(
      'POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    await arrived;
    await turn();
  }
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

test('a request that is refused before its body has arrived holds no place either', async (t) => {
  const { app } = await busyApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => closeGracefully(app, 100));
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  for (let refused = 0; refused < 5; refused++) {
    socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 404 /);
    socket.write('{"a": 42}');
  }
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

/** An app whose `/work` keeps the event loop busy, by a clock that only this moves. */
async function slowLoop(t: TestContext, maxWaiting: number) {
  let time = 0;
  const app = Fastify().withTypeProvider<ZodTypeProvider>();
  const now = () => time;
  const turns = createEventLoopSlots(now);
  registerShedding(app, { maxInFlight: 1000, maxWaiting, metrics: createMetrics(), turns, now });
  app.get('/work', async () => {
    time += 50;
    return {};
  });
  await app.ready();
  t.after(() => app.close());
  return async (requests: number) => {
    const answers = await Promise.all(Array.from({ length: requests }, () => app.inject('/work')));
    return answers.filter(({ statusCode }) => statusCode === 200).length;
  };
}

test('a burst that fits is served however long it takes; of what does not, only what need not wait long', async (t) => {
  const burst = await slowLoop(t, 100);
  assert.equal(await burst(100), 100);
  // The first takes 50 ms while the others arrive; of those, five begin within 200 ms.
  const overload = await slowLoop(t, 20);
  assert.equal(await overload(100), 6);
  assert.equal(await overload(3), 3);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
