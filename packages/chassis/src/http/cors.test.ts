import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { corsVariables, readConfig } from '../config.ts';
import { createAuthenticator } from './auth.ts';
import { createSampleApp } from './testing.ts';

const SHOP = 'https://shop.example';
const OTHER = 'https://evil.example';
const corsOrigins = [SHOP, 'http://localhost:5173'];
const preflight = {
  method: 'OPTIONS',
  headers: {
    origin: SHOP,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,idempotency-key',
  },
} as const;
const auth = createAuthenticator({ issuer: 'https://issuer.example', audience: 'a', jwks: { keys: [] } });

async function openApp(t: TestContext, options: Parameters<typeof createSampleApp>[0] = { corsOrigins }) {
  const { app, logLines } = await createSampleApp(options);
  t.after(() => app.close());
  return { app, logLines };
}

const namesOf = (list: unknown) => String(list).toLowerCase().split(/, */);

test('a preflight of a listed origin names methods and headers, also of an unknown path (interop A15)', async (t) => {
  const { app } = await openApp(t);
  for (const url of ['/things', '/things/a', '/nowhere', '/health']) {
    const sent = { ...preflight.headers, 'x-request-id': 'preflight' };
    const { statusCode, headers, payload } = await app.inject({ url, ...preflight, headers: sent });
    assert.deepEqual([statusCode, payload, headers['content-length']], [204, '', undefined], url);
    assert.equal(headers['access-control-allow-origin'], SHOP);
    assert.equal(headers['access-control-max-age'], '7200');
    assert.equal(headers['access-control-allow-credentials'], undefined);
    assert.match(String(headers.vary), /origin/i);
    assert.equal(headers['x-request-id'], 'preflight');
    for (const method of ['get', 'head', 'post', 'put', 'patch', 'delete'])
      assert.ok(namesOf(headers['access-control-allow-methods']).includes(method), method);
    for (const name of ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'])
      assert.ok(namesOf(headers['access-control-allow-headers']).includes(name), name);
  }
});

test('a page of a listed origin may read every response, with the exposed headers (interop A15)', async (t) => {
  const { app } = await openApp(t, { corsOrigins, auth, limits: { unitsPerSecond: 6, burstSeconds: 1 } });
  const json = { 'content-type': 'application/json' };
  const statuses: number[] = [];
  for (const request of [
    { url: '/things/a' },
    { url: '/things/a', method: 'HEAD' },
    { url: '/things/a', headers: { 'if-none-match': '*' } },
    { url: '/things/%zz' },
    { url: `/things/${'x'.repeat(2_000)}` },
    { url: '/things/missing' },
    { url: '/nowhere' },
    { url: '/things/a', method: 'PUT', payload: '{}', headers: json },
    { url: '/things', method: 'POST', payload: '{', headers: json },
    { url: '/things/a', method: 'DELETE' },
  ] as const) {
    const sent = 'headers' in request ? request.headers : {};
    const { statusCode, headers } = await app.inject({ ...request, headers: { ...sent, origin: SHOP } });
    statuses.push(statusCode);
    assert.equal(headers['access-control-allow-origin'], SHOP, `${statusCode} ${request.url}`);
    const exposed = namesOf(headers['access-control-expose-headers']);
    for (const name of ['etag', 'location', 'idempotent-replayed', 'retry-after', 'x-request-id'])
      assert.ok(exposed.includes(name), name);
    for (const name of ['limit', 'remaining', 'reset'])
      assert.ok(exposed.includes(`ratelimit-${name}`), name);
  }
  assert.deepEqual(statuses, [200, 200, 304, 400, 414, 404, 404, 401, 429, 429]);
  const again = await app.inject({ url: '/things', ...preflight });
  assert.equal(again.statusCode, 204, 'preflights are not limited');
});

test('a page may read the 503 of an overloaded service, and preflights are not shed (interop A15)', async (t) => {
  const load = { maxInFlight: 0, maxWaiting: 0 };
  const { app } = await openApp(t, { corsOrigins, limits: { load } });
  const { statusCode, headers } = await app.inject({ url: '/things/a', headers: { origin: SHOP } });
  assert.deepEqual([statusCode, headers['access-control-allow-origin']], [503, SHOP]);
  assert.equal(headers['retry-after'], '1');
  assert.equal((await app.inject({ url: '/things', ...preflight })).statusCode, 204);
});

test('no other origin is let in, and OPTIONS is answered as without CORS (interop A15)', async (t) => {
  const { app } = await openApp(t);
  for (const origin of [
    OTHER,
    'null',
    'http://shop.example',
    `${SHOP}:8443`,
    `${SHOP}.evil.example`,
    SHOP.toUpperCase(),
    '*',
    '',
    undefined,
  ]) {
    const own = origin === undefined ? {} : { origin };
    for (const request of [
      { url: '/things/a', headers: own },
      { url: '/things/%zz', headers: own },
      { url: '/things', ...preflight, headers: { 'access-control-request-method': 'POST', ...own } },
    ] as const) {
      const { statusCode, headers } = await app.inject(request);
      const names = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
      assert.deepEqual(names, [], String(origin));
      assert.match(String(headers.vary), /origin/i);
      const status = request.url === '/things/%zz' ? 400 : 200;
      assert.equal(statusCode, 'method' in request ? 405 : status, String(origin));
      if ('method' in request) assert.equal(headers.allow, 'GET, HEAD, POST');
    }
  }
});

test('without origins there is no CORS (interop A15)', async (t) => {
  const { app } = await openApp(t, {});
  const { statusCode, headers } = await app.inject({ url: '/things', ...preflight });
  assert.deepEqual([statusCode, headers.allow, headers.vary], [405, 'GET, HEAD, POST', undefined]);
  const found = await app.inject({ url: '/things/a', headers: { origin: SHOP } });
  const malformed = await app.inject({ url: '/%zz', headers: { origin: SHOP } });
  assert.equal(malformed.headers.vary, undefined);
  for (const name of [headers, found.headers, malformed.headers].flatMap((each) => Object.keys(each)))
    assert.ok(!name.startsWith('access-control-'), name);
});

test('preflights are neither logged nor measured by path (interop A15)', async (t) => {
  const { app, logLines } = await openApp(t);
  await app.inject({ url: '/things/secret', ...preflight });
  assert.deepEqual(logLines, []);
  assert.ok(!JSON.stringify(app.swagger().paths).includes('"/*"'));
});

test('CORS_ORIGINS lists origins; anything else is rejected with an example (interop A15)', () => {
  const schema = z.object(corsVariables);
  const read = (value: string) => readConfig(schema, { CORS_ORIGINS: value }).CORS_ORIGINS;
  assert.equal(read(''), undefined);
  assert.deepEqual(read('https://shop.example, http://localhost:5173'), corsOrigins);
  assert.deepEqual(read('https://[::1]:8443'), ['https://[::1]:8443']);
  for (const value of [
    '*',
    'null',
    'shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'https://shop.example:443',
    'https://Shop.example',
    'https://user@shop.example',
    'https://*.shop.example',
    'https://shop.example?x',
    'https://shop.example,',
    'https://a.example https://b.example',
    'ftp://shop.example',
    'file:///index.html',
    'javascript:alert(1)',
  ])
    assert.throws(() => read(value), /CORS_ORIGINS: expected origins such as https:\/\/shop\.example/, value);
});
