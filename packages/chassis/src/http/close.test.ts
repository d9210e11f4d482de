import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { closeGracefully } from './app.ts';
import { createSampleApp } from './testing.ts';

/** A listening app whose `/slow` responds after `release()`, and a client that keeps its connections alive. */
async function listeningApp(t: TestContext) {
  const { app } = await createSampleApp();
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const stream = new PassThrough();
  app.get('/stream', () => stream);
  app.get('/slow', async () => {
    arrived.resolve();
    await release.promise;
    return { done: true };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const { port } = app.server.address() as AddressInfo;
  const fetchPath = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, agent }, resolve).on('error', reject);
    });
  return { app, stream, fetchPath, arrived: arrived.promise, release: () => release.resolve() };
}

test('graceful shutdown finishes requests in flight and does not wait for idle connections', async (t) => {
  const { app, fetchPath, arrived, release } = await listeningApp(t);
  const slow = fetchPath('/slow');
  await arrived;
  await text(await fetchPath('/things/idle'));
  const started = Date.now();
  const closed = closeGracefully(app);
  release();
  const response = await slow;
  assert.equal(response.headers.connection, 'close');
  assert.equal(await text(response), '{"done":true}');
  await closed;
  assert.ok(Date.now() - started < 5000);
  await assert.rejects(fetchPath('/things/late'), { code: 'ECONNREFUSED' });
});

test('a response that began before the shutdown does not delay it once it has ended', async (t) => {
  const { app, stream, fetchPath } = await listeningApp(t);
  stream.write('begin ');
  const response = await fetchPath('/stream');
  assert.equal(response.headers.connection, 'keep-alive');
  const started = Date.now();
  const closed = closeGracefully(app);
  stream.end('end');
  assert.equal(await text(response), 'begin end');
  await closed;
  assert.ok(Date.now() - started < 5000);
});

test('a request on an open connection is still handled during the shutdown', async (t) => {
  const { app, stream } = await listeningApp(t);
  stream.write('begin ');
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /stream HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'readable');
  const closed = closeGracefully(app);
  const second = once(app.server, 'request');
  socket.write('GET /things/late HTTP/1.1\r\nhost: x\r\n\r\n');
  await second;
  stream.end('end');
  assert.match(await text(socket), /end\r\n.*HTTP\/1\.1 200 OK\r\n.*"late"/s);
  await closed;
});

test('a request that takes longer than the deadline is cut off', async (t) => {
  const { app, fetchPath, arrived, release } = await listeningApp(t);
  const slow = assert.rejects(fetchPath('/slow'), { code: 'ECONNRESET' });
  await arrived;
  await closeGracefully(app, 50);
  await slow;
  release();
});

test('a draining app is alive but not ready', async () => {
  const { app } = await createSampleApp();
  assert.equal((await app.inject('/ready')).statusCode, 200);
  app.draining = true;
  assert.equal((await app.inject('/health')).statusCode, 200);
  const response = await app.inject('/ready');
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['retry-after'], '1');
  assert.deepEqual(response.json<{ checks: unknown }>().checks, [{ name: 'not-draining', ok: false }]);
});

test('an app is not ready while a check fails or rejects', async () => {
  const results = [
    () => Promise.resolve([{ name: 'table', ok: false, detail: 'unreachable' }]),
    () => Promise.reject(new Error('no response')),
  ];
  const ready = () => results.shift()?.() ?? Promise.resolve([]);
  const { app } = await createSampleApp({ health: { ready } });
  const unready = (await app.inject('/ready')).json<{ status: number; checks: unknown[] }>();
  assert.equal(unready.status, 503);
  assert.deepEqual(unready.checks[0], { name: 'table', ok: false, detail: 'unreachable' });
  const failed = (await app.inject('/ready')).json<{ status: number; checks: { detail?: string }[] }>();
  assert.deepEqual([failed.status, failed.checks[0]?.detail], [503, 'no response']);
});
