import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { createSampleApp } from './testing.ts';

const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';
const malformed = { method: 'PUT', payload: '{', headers: { 'content-type': 'application/json' } } as const;

async function openApp(t: TestContext, proxyHops = 1) {
  const { app } = await createSampleApp({ limits: { proxyHops } });
  const load = { maxInFlight: 0, maxWaiting: 0 };
  const { app: overloadedApp } = await createSampleApp({ limits: { proxyHops, load } });
  const config = { cacheControl: 'public, max-age=1' };
  app.get('/public/:id', { schema: { summary: 'Public' }, config }, async ({ params }) => {
    if ((params as { id: string }).id === 'broken') throw new Error('a defect');
    return {};
  });
  t.after(() => Promise.all([app.close(), overloadedApp.close()]));
  return { app, overloadedApp };
}

test('every response says who may cache it, and that its type is not to be guessed (security 13)', async (t) => {
  const { app, overloadedApp } = await openApp(t);
  for (const [request, status, cacheControl] of [
    [{ url: '/things/a' }, 200, 'private, no-store'],
    [{ url: '/things/a', method: 'HEAD' }, 200, 'private, no-store'],
    [{ url: '/things/a', headers: { 'if-none-match': '*' } }, 304, 'private, no-store'],
    [{ url: '/things/a', method: 'PATCH', payload: {} }, 204, 'private, no-store'],
    [{ url: '/things/missing' }, 404, 'no-store'],
    [{ url: '/public/a' }, 200, 'public, max-age=1'],
    [{ url: '/public/broken' }, 500, 'no-store'],
    [{ url: '/nowhere' }, 404, 'no-store'],
    [{ url: '/%ff' }, 400, 'no-store'],
    [{ url: `/things/${'x'.repeat(2_000)}` }, 414, 'no-store'],
    [{ url: '/things/a', method: 'DELETE' }, 405, 'no-store'],
    [{ url: '/things/a', ...malformed }, 400, 'no-store'],
    [{ url: '/things/a', ...malformed, headers: { 'content-type': 'text/plain' } }, 415, 'no-store'],
    [{ url: '/things/a', ...malformed, payload: `"${'x'.repeat(70_000)}"` }, 413, 'no-store'],
    [{ url: '/openapi.json' }, 200, 'no-cache'],
    [{ url: '/health' }, 200, 'no-store'],
    [{ url: '/ready' }, 200, 'no-store'],
    [{ url: '/docs' }, 200, 'no-store'],
    [{ url: '/docs/static/swagger-ui.css' }, 200, 'public, max-age=0'],
    [{ url: '/docs/static/missing' }, 404, 'no-store'],
  ] as const) {
    const { statusCode, headers } = await app.inject(request);
    const name = JSON.stringify(request).slice(0, 80);
    assert.equal(statusCode, status, name);
    assert.deepEqual(
      [headers['cache-control'], headers['x-content-type-options'], headers['strict-transport-security']],
      [cacheControl, 'nosniff', undefined],
      name,
    );
  }
  const { statusCode, headers } = await overloadedApp.inject('/things/a');
  assert.deepEqual(
    [statusCode, headers['cache-control'], headers['x-content-type-options']],
    [503, 'no-store', 'nosniff'],
  );
});

test('the problem of a request that the parser rejects is protected too (security 13)', async (t) => {
  const { app } = await openApp(t);
  await app.listen({ host: '127.0.0.1', port: 0 });
  for (const request of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: more\r\n\r\n']) {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(request);
    const response = await text(socket);
    assert.match(response, /^HTTP\/1.1 4\d\d /);
    assert.match(response, /\r\ncache-control: no-store\r\n/);
    assert.match(response, /\r\nx-content-type-options: nosniff\r\n/);
  }
});

test('behind TLS that a trusted proxy ends, browsers are told to use nothing else (security 13)', async (t) => {
  const { app, overloadedApp } = await openApp(t);
  const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' };
  for (const url of ['/things/a', '/things/missing', '/nowhere', '/%ff', '/health', '/docs']) {
    for (const [headers, expected] of [
      [secure, STRICT_TRANSPORT],
      [{ ...secure, 'x-forwarded-proto': 'http' }, undefined],
      // The proxy overwrites or appends; the client's own value comes first.
      [{ ...secure, 'x-forwarded-proto': 'https, http' }, undefined],
      [{}, undefined],
    ] as const) {
      const response = await app.inject({ url, headers });
      assert.equal(
        response.headers['strict-transport-security'],
        expected,
        `${url} ${JSON.stringify(headers)}`,
      );
    }
  }
  const shed = await overloadedApp.inject({ url: '/things/a', headers: secure });
  assert.deepEqual([shed.statusCode, shed.headers['strict-transport-security']], [503, STRICT_TRANSPORT]);
});

test('without a trusted proxy, a client cannot claim TLS (security 13)', async (t) => {
  const { app } = await openApp(t, 0);
  const { headers } = await app.inject({ url: '/things/a', headers: { 'x-forwarded-proto': 'https' } });
  assert.equal(headers['strict-transport-security'], undefined);
});
