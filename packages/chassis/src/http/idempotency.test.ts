import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { z } from 'zod';
import type { Identity } from './auth.ts';
import type { IdempotentRequest } from './idempotency.ts';
import { createSampleApp } from './testing.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** Accepts every token as the name of its subject. */
const auth = {
  authenticate: async (authorization: string | undefined): Promise<Identity | undefined> =>
    authorization === undefined ? undefined : { subject: authorization, scopes: new Set() },
};

const { app } = await createSampleApp({ auth });
const params = z.object({ id: z.string() });
const body = z.object({ qty: z.int().default(1), note: z.string().optional() });
const handled: (IdempotentRequest | undefined)[] = [];

app.post('/open', async ({ idempotent }) => {
  handled.push(idempotent);
  return {};
});
app.post('/items', { schema: { body } }, async ({ idempotent }) => {
  handled.push(idempotent);
  return {};
});
app.post('/items/:id', { schema: { params, body } }, async ({ idempotent }) => {
  handled.push(idempotent);
  idempotent?.onReplay();
  return {};
});
app.put('/items/:id', { schema: { params, body } }, async ({ idempotent }) => {
  handled.push(idempotent);
  return {};
});

/** Sends a POST with this key; resolves to its response and to the request as its handler received it. */
async function sendWithKey(key: string | undefined, options: InjectOptions = {}) {
  const handledBefore = handled.length;
  const response = await app.inject({
    method: 'POST',
    url: '/items',
    ...(options.url === '/open' ? {} : { payload: {} }),
    ...options,
    headers: { ...options.headers, ...(key !== undefined && { 'idempotency-key': key }) },
  });
  return { response, isHandled: handled.length > handledBefore, request: handled[handledBefore] };
}

async function idOf(key: string, options: InjectOptions = {}): Promise<string> {
  const { request, response } = await sendWithKey(key, options);
  return request?.id ?? assert.fail(response.body);
}

for (const key of ['1', 'a', '~', 'a b', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 'x'.repeat(255)]) {
  test(`the key ${key.slice(0, 40)} is accepted, and its response is stored for a day`, async () => {
    const { response, request } = await sendWithKey(key);
    assert.equal(response.statusCode, 200, response.body);
    const now = Math.floor(Date.now() / 1000);
    assert.ok(
      request && request.expiresAt >= now + DAY_SECONDS - 5 && request.expiresAt <= now + DAY_SECONDS,
    );
  });
}

for (const [name, key] of Object.entries({
  empty: '',
  'too long': 'x'.repeat(256),
  'not printable': 'a\tb',
  'not ASCII': 'clé',
})) {
  test(`a request with a key that is ${name} is rejected before its handler runs`, async () => {
    const { response, isHandled } = await sendWithKey(key);
    assert.equal(response.statusCode, 400);
    assert.equal(isHandled, false);
    const { errors } = response.json<{ errors: readonly { pointer: string }[] }>();
    assert.deepEqual(
      errors.map(({ pointer }) => pointer),
      ['idempotency-key:'],
    );
  });
}

test('a request without a key, or of another method, is not idempotent by key', async () => {
  assert.deepEqual((await sendWithKey(undefined)).request, undefined);
  const { response, request } = await sendWithKey('key', { method: 'PUT', url: '/items/a' });
  assert.equal(response.statusCode, 200);
  assert.equal(request, undefined);
  assert.equal(
    (await sendWithKey('not a\tkey', { method: 'PUT', url: '/items/a' })).response.statusCode,
    200,
  );
});

test('retries of a request have the same id; another key, path or user has another one', async () => {
  const mine = { url: '/items/a', headers: { authorization: 'me' } };
  const id = await idOf('key', mine);
  assert.equal(await idOf('key', mine), id);
  assert.equal(await idOf('key', { ...mine, url: '/items/a?utm=1' }), id);
  assert.equal(
    await idOf('key', { ...mine, remoteAddress: '203.0.113.9' }),
    id,
    'another address of the user',
  );
  const ids = [
    id,
    await idOf('other', mine),
    await idOf('key', { ...mine, url: '/items/b' }),
    await idOf('key', { ...mine, url: '/items' }),
    await idOf('key', { ...mine, headers: { authorization: 'you' } }),
    await idOf('key', { url: '/items/a' }),
  ];
  assert.equal(new Set(ids).size, ids.length);
});

test('no subject of a user has the id of a guest', async () => {
  const ids = [
    await idOf('key', { url: '/open', remoteAddress: '10.0.0.1' }),
    await idOf('key', { url: '/open', headers: { authorization: 'guest' } }),
    await idOf('key', { url: '/open', headers: { authorization: '10.0.0.1' } }),
    await idOf('key', { url: '/open', headers: { authorization: 'guest","10.0.0.1' } }),
  ];
  assert.equal(new Set(ids).size, ids.length);
});

test('guests share an id if the path contains a secret, and otherwise if they share an address', async () => {
  const from = (remoteAddress: string, url: string) => idOf('key', { url, remoteAddress });
  assert.equal(await from('10.0.0.1', '/open'), await from('10.0.0.1', '/open'));
  assert.notEqual(await from('10.0.0.1', '/open'), await from('10.0.0.2', '/open'));
  assert.equal(await from('10.0.0.1', '/items/secret'), await from('10.0.0.2', '/items/secret'));
});

test('the fingerprint is that of the parsed body', async () => {
  const fingerprintOf = async (payload: object, url = '/items') =>
    (await sendWithKey('key', { url, payload })).request?.fingerprint;
  const one = await fingerprintOf({ qty: 1 });
  assert.equal(await fingerprintOf({}), one);
  assert.equal(await fingerprintOf({ qty: 1, unknown: true }), one);
  assert.notEqual(await fingerprintOf({ qty: 2 }), one);
  assert.notEqual(await fingerprintOf({ qty: 1, note: '' }), one);
  assert.equal(
    await fingerprintOf({ note: 'n', qty: 2 }),
    await fingerprintOf({ qty: 2, note: 'n' }),
    'the order of fields is ignored',
  );
});

test('a header marks replayed responses only', async () => {
  assert.equal((await sendWithKey('key')).response.headers['idempotent-replayed'], undefined);
  const { response } = await sendWithKey('key', { url: '/items/a' });
  assert.equal(response.headers['idempotent-replayed'], 'true');
});

test('the idempotency key and its misuse are documented for every POST, and for no other method', async () => {
  const { paths } = (await app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, { parameters?: { name: string }[]; responses: object }>>;
  }>();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => ({ path, method, ...documented })),
  );
  assert.ok(
    operations.some(({ method }) => method === 'post') && operations.some(({ method }) => method === 'put'),
  );
  for (const { path, method, parameters = [], responses } of operations) {
    const isPost = method === 'post';
    const documentsKey = parameters.some(({ name }) => name === 'idempotency-key');
    assert.deepEqual([documentsKey, '422' in responses], [isPost, isPost], `${method} ${path}`);
  }
});
