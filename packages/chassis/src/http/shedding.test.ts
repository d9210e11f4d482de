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

/** An app with one request in flight and two in its queue; `/slow` responds after `release()`. */
async function busyApp() {
  const metrics = createMetrics();
  const { app, logLines } = await createSampleApp({
    metrics,
    limits: { load: { maxInFlight: 1, maxWaiting: 2 } },
  });
  const release = Promise.withResolvers<void>();
  let started = 0;
  app.get('/slow', async () => {
    started += 1;
    await release.promise;
    return { done: true };
  });
  app.post('/slow', async () => ({ done: true }));
  const confirmation = Promise.withResolvers<void>();
  app.get('/waiting', (request) => request.idle(() => confirmation.promise.then(() => ({ done: true }))));
  await app.ready();
  // An injected request is sent when it is awaited.
  const slow = (count: number) => Array.from({ length: count }, async () => await app.inject('/slow'));
  const waiting = (count: number) => Array.from({ length: count }, async () => await app.inject('/waiting'));
  return {
    app,
    slow,
    waiting,
    confirm: confirmation.resolve,
    logLines,
    counts: () => metrics.counts(),
    started: () => started,
    release: release.resolve,
  };
}

test('an idle request does not count as in flight until it continues', async () => {
  const { slow, waiting, confirm, release } = await busyApp();
  const waits = waiting(2);
  release();
  const [served] = await Promise.all(slow(1));
  assert.equal(served?.statusCode, 200, 'served while the others are idle');
  confirm();
  for (const { statusCode } of await Promise.all(waits)) assert.equal(statusCode, 200);
});

test('requests that fit into the queue are served; beyond it the response is problem 503 at once', async () => {
  const { app, slow, logLines, counts, started, release } = await busyApp();
  const served = slow(3);
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-request-id': 'mine' };
  const shed = await app.inject({ url: '/slow', headers });
  assert.equal(shed.statusCode, 503);
  assert.equal(shed.headers['content-type'], 'application/problem+json');
  assert.equal(shed.headers['retry-after'], '1');
  assert.equal(shed.headers['x-request-id'], 'mine');
  assert.ok(String(shed.headers['traceparent']).includes(traceId));
  assert.equal(shed.json<{ type: string }>().type, 'urn:tandem:problem:overloaded');
  assert.equal(started(), 1);
  assert.deepEqual(counts(), { RequestsShed: 1 });
  assert.deepEqual(logLines, [], 'a flood of requests causes no flood of log lines');

  release();
  assert.deepEqual(
    (await Promise.all(served)).map(({ statusCode }) => statusCode),
    [200, 200, 200],
  );
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

test('system routes are exempt from load shedding', async () => {
  const { app, slow, release } = await busyApp();
  const served = slow(3);
  for (const url of ['/health', '/ready', '/openapi.json', '/docs']) {
    assert.equal((await app.inject(url)).statusCode, 200, url);
  }
  assert.equal((await app.inject('/nothing')).statusCode, 503);
  release();
  await Promise.all(served);
});

test('requests of disconnected clients free their places in the queue and in flight', async (t) => {
  const { app, started } = await busyApp();
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
  assert.equal(started(), 1);
  // Queued clients disconnect first: otherwise each would start in the place of the one before it.
  for (const { socket, response } of clients.toReversed()) {
    const closed = once(response, 'close');
    socket.resetAndDestroy();
    await closed;
  }
  assert.equal((await app.inject('/things/a')).statusCode, 200);
  assert.equal(started(), 1, 'queued requests of disconnected clients are not started');
});

test('a request whose client disconnects in the queue is never started, and occupies no place', async (t) => {
  const { app, slow, started, release } = await busyApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => closeGracefully(app, 0));
  const { port } = app.server.address() as AddressInfo;
  const served = slow(1);
  for (let client = 0; client < 3; client++) {
    const arrived = once(app.server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    const [, response] = await arrived;
    const closed = once(response, 'close');
    socket.resetAndDestroy();
    await closed;
  }
  const queued = app.inject('/things/a');
  release();
  await Promise.all(served);
  assert.equal((await queued).statusCode, 200);
  assert.equal(started(), 1);
});

test('a request whose body has not arrived does not count as in flight', async (t) => {
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

test('a request that is rejected before its body has arrived does not count as in flight', async (t) => {
  const { app } = await busyApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => closeGracefully(app, 100));
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  for (let rejected = 0; rejected < 5; rejected++) {
    socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n');
    const [response] = (await once(socket, 'data')) as [Buffer];
    assert.match(response.toString(), /^HTTP\/1\.1 404 /);
    socket.write('{"a": 42}');
  }
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

test('requests that wait for the issuer of their token, before or after their body has arrived, free their places (security 3)', async (t) => {
  const { app } = await createSampleApp({
    limits: { load: { maxInFlight: 1, maxWaiting: 2 } },
    auth: { authenticate: (_header, idle) => idle?.(async () => void (await turn())) ?? assert.fail() },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => closeGracefully(app, 100));
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  for (let served = 0; served < 5; served++) {
    const headers =
      'Host: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: 2';
    socket.write(`POST /things HTTP/1.1\r\n${headers}\r\n\r\n{`);
    await turn();
    socket.write('}');
    const [response] = (await once(socket, 'data')) as [Buffer];
    assert.match(response.toString(), /^HTTP\/1\.1 200 /);
  }
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

/** An app whose `/work` occupies the event loop for 50 ms of a mocked clock; counts the served requests of a burst. */
async function busyEventLoop(t: TestContext, maxWaiting: number) {
  let time = 0;
  const app = Fastify().withTypeProvider<ZodTypeProvider>();
  const now = () => time;
  const slots = createEventLoopSlots(now);
  registerShedding(app, { maxInFlight: 1000, maxWaiting, metrics: createMetrics(), slots, now });
  app.get('/work', async () => {
    time += 50;
    return {};
  });
  await app.ready();
  t.after(() => app.close());
  return async (requests: number) => {
    const responses = await Promise.all(Array.from({ length: requests }, () => app.inject('/work')));
    return responses.filter(({ statusCode }) => statusCode === 200).length;
  };
}

test('a burst that fits into the queue is served entirely; during an overload, requests wait 200 ms at most', async (t) => {
  const burst = await busyEventLoop(t, 100);
  assert.equal(await burst(100), 100);
  // The first request takes 50 ms while the others arrive; of those, five start within 200 ms.
  const overload = await busyEventLoop(t, 20);
  assert.equal(await overload(100), 6);
  assert.equal(await overload(3), 3);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
