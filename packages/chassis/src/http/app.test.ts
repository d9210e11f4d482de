import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';
import { currentTraceparent } from '../trace.ts';
import type { Authenticator } from './auth.ts';
import { noBody } from './schema.ts';
import { createSampleApp } from './testing.ts';

const json = { 'content-type': 'application/json' };
const thing = { name: 'Acme', price: 1999 };

function assertProblem(
  response: LightMyRequestResponse,
  status: number,
  code: string,
): Record<string, unknown> {
  assert.equal(response.statusCode, status, response.body);
  assert.equal(response.headers['content-type'], 'application/problem+json');
  const problem = response.json<Record<string, unknown>>();
  assert.equal(problem['type'], `urn:tandem:problem:${code}`);
  assert.equal(problem['status'], status);
  assert.equal(problem['requestId'], response.headers['x-request-id']);
  assert.ok(typeof problem['title'] === 'string' && typeof problem['detail'] === 'string');
  return problem;
}

const { app } = await createSampleApp();

const invalidRequests: [name: string, request: InjectOptions, status: number, code: string][] = [
  [
    'malformed JSON',
    { method: 'PUT', url: '/things/a', headers: json, payload: '{"name":' },
    400,
    'malformed-json',
  ],
  [
    'a poisoned body',
    { method: 'POST', url: '/things', headers: json, payload: '{"__proto__":{}}' },
    400,
    'malformed-json',
  ],
  [
    'JSON in Latin-1',
    { method: 'POST', url: '/things', headers: json, payload: Buffer.from('{"a":"é"}', 'latin1') },
    400,
    'malformed-json',
  ],
  ['an empty body', { method: 'PUT', url: '/things/a', headers: json, payload: '' }, 400, 'empty-body'],
  ['no body', { method: 'PUT', url: '/things/a' }, 400, 'invalid-input'],
  [
    'a large body',
    { method: 'POST', url: '/things', headers: json, payload: JSON.stringify('x'.repeat(65_536)) },
    413,
    'body-too-large',
  ],
  [
    'plain text',
    { method: 'POST', url: '/things', headers: { 'content-type': 'text/plain' }, payload: 'x' },
    415,
    'unsupported-media-type',
  ],
  [
    'no content type',
    { method: 'POST', url: '/things', payload: Buffer.from('{}') },
    415,
    'unsupported-media-type',
  ],
  ['a bad encoding', { url: '/things/%zz' }, 400, 'malformed-url'],
  ['a long part', { url: `/things/${'x'.repeat(2000)}` }, 414, 'url-too-long'],
  [
    'an unknown route',
    { method: 'POST', url: '/nothing', headers: json, payload: '{' },
    404,
    'no-such-route',
  ],
  ['an unknown file', { url: '/docs/static/nothing' }, 404, 'no-such-route'],
  ['another method', { method: 'DELETE', url: '/things/a?x=/' }, 405, 'method-not-allowed'],
  ['a thrown DomainError', { url: '/things/missing' }, 404, 'thing-not-found'],
  [
    'a bad precondition',
    { url: '/things/a', headers: { 'if-none-match': '42' } },
    400,
    'malformed-precondition',
  ],
];

for (const [name, request, status, code] of invalidRequests) {
  test(`the response to ${name} is problem ${status}`, async () => {
    const response = await app.inject(request);
    assertProblem(response, status, code);
    assert.equal(response.headers['allow'], status === 405 ? 'GET, HEAD, PATCH, PUT' : undefined);
  });
}

test('each fault of the input is listed with a pointer to it', async () => {
  const body = { name: '', price: 'x', more: 1 };
  const response = await app.inject({ method: 'PUT', url: '/things/a', payload: body });
  const { errors } = assertProblem(response, 400, 'invalid-input');
  assert.deepEqual(
    (errors as { pointer: string }[]).map(({ pointer }) => pointer),
    ['/name', '/price', '/more'],
  );
  const query = assertProblem(await app.inject('/things?limit=101'), 400, 'invalid-input');
  assert.equal((query['errors'] as { pointer: string }[])[0]?.pointer, '?limit');
});

const post = (payload: string) => app.inject({ method: 'POST', url: '/things', headers: json, payload });

test('a body may be nested 64 levels deep; brackets in strings do not count', async () => {
  assert.equal((await post('['.repeat(64) + ']'.repeat(64))).statusCode, 200);
  assertProblem(await post('['.repeat(65) + ']'.repeat(65)), 400, 'nested-too-deeply');
  assertProblem(await post('{"a":'.repeat(65) + '1' + '}'.repeat(65)), 400, 'nested-too-deeply');
  const text = '\\"\\\\'.repeat(9) + '['.repeat(99);
  assert.deepEqual((await post(JSON.stringify({ text }))).json(), { body: { text } });
});

test('a body may have 64 KiB, and may be omitted if the route does not read one', async () => {
  const payload = JSON.stringify('x'.repeat(65_534));
  assert.equal((await post(payload)).statusCode, 200);
  const empty = await post('');
  assert.deepEqual(empty.json(), { body: null });
});

test('a handler receives the output of the schema', async () => {
  const { query } = (await app.inject('/things?ids=a,b&mine=true&other=1')).json<{ query: unknown }>();
  assert.deepEqual(query, { limit: 20, ids: ['a', 'b'], mine: true });
  const headers = { 'content-type': 'application/merge-patch+json; charset=utf-8' };
  const patch = await app.inject({ method: 'PATCH', url: '/things/a', headers, payload: '{"price":1}' });
  assert.deepEqual([patch.statusCode, patch.body], [204, '']);
});

const statuses: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  preconditionFailed: 412,
  unprocessable: 422,
  rateLimited: 429,
  unavailable: 503,
};

test('each kind of DomainError has its status; details are additional members and replace no standard one', async () => {
  const { app } = await createSampleApp();
  app.get('/fail/:kind', { schema: { params: z.object({ kind: z.string() }) } }, async ({ params }) => {
    const details = { lines: [1], status: 200, retryAfterSeconds: 6.5 };
    throw new DomainError(params.kind as ErrorKind, 'it-failed', 'Try again', { details });
  });
  for (const [kind, status] of Object.entries(statuses)) {
    const response = await app.inject(`/fail/${kind}`);
    const problem = assertProblem(response, status, 'it-failed');
    assert.deepEqual(
      [problem['title'], problem['detail'], problem['lines']],
      ['It failed', 'Try again', [1]],
    );
    assert.equal(response.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
    assert.equal(response.headers['retry-after'], status === 503 || status === 429 ? '7' : undefined);
  }
});

test('the detail of a problem can be shown on a page: emoji and any language as they are, no controls', async () => {
  const { app } = await createSampleApp();
  const names = ['❤\uFE0F mug', 'می\u200Cخواهم', '👩\u200D🚀', '\u202Egum\u001B[2J'];
  app.get('/named/:i', async ({ params }) => {
    const name = names[Number((params as { i: string }).i)];
    throw new DomainError('conflict', 'insufficient-stock', `Only 2 units of ${name} are available.`);
  });
  for (const [i, name] of names.entries()) {
    const { detail } = (await app.inject(`/named/${i}`)).json<{ detail: string }>();
    const shown = i < 3 ? name : String.raw`\u202egum\u001b[2J`;
    assert.equal(detail, `Only 2 units of ${shown} are available.`);
  }
});

test('an unexpected error is a 500 that reveals nothing, and is logged with its stack; other requests are sampled', async () => {
  const { app, logLines } = await createSampleApp();
  app.get('/broken/:secret', async () => {
    throw new TypeError('a bug');
  });
  const response = await app.inject('/broken/s3cret');
  const problem = assertProblem(response, 500, 'internal');
  assert.ok(!JSON.stringify(problem).includes('bug'));
  const [failure, line] = logLines.splice(0);
  assert.match(JSON.stringify(failure), /TypeError: a bug\\n.*app\.test\.ts/);
  assert.deepEqual([line?.['route'], line?.['status'], line?.['method']], ['/broken/:secret', 500, 'GET']);
  const traceId = String(response.headers['traceparent']).slice(3, 35);
  for (const entry of [failure, line]) {
    assert.equal(entry?.['requestId'], problem['requestId']);
    assert.equal(entry?.['traceId'], traceId);
  }
  for (let i = 0; i < 200; i++) await app.inject('/things/a');
  await app.inject('/health');
  assert.deepEqual(
    logLines.map(({ status }) => status),
    [200, 200],
  );
  assert.ok(!JSON.stringify([failure, line, logLines]).includes('s3cret'));
});

test('a safe request id is returned to the client, an unsafe one is replaced', async () => {
  for (const id of ['abc-1.2:3_4', 'x'.repeat(128)]) {
    assert.equal(
      (await app.inject({ url: '/health', headers: { 'x-request-id': id } })).headers['x-request-id'],
      id,
    );
  }
  for (const id of ['', 'a b', 'x'.repeat(129), '"><script>']) {
    const response = await app.inject({ url: '/things/%zz', headers: { 'x-request-id': id } });
    assert.match(String(response.headers['x-request-id']), /^[0-9a-f-]{36}$/);
  }
});

test('the trace of the client continues in the handler and is returned, also in error responses', async () => {
  const { app } = await createSampleApp();
  app.post('/trace', async () => ({ traceparent: currentTraceparent() }));
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const response = await app.inject({ method: 'POST', url: '/trace', headers, payload: { a: 1 } });
  assert.equal(response.json<{ traceparent: string }>().traceparent, response.headers['traceparent']);
  assert.match(String(response.headers['traceparent']), new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)`));
  const rejected = await app.inject({ url: '/%zz', headers });
  assert.ok(String(rejected.headers['traceparent']).includes(traceId));
});

test('with validateResponses, a response that does not match its schema is a 500', async () => {
  const { app } = await createSampleApp();
  const response = { 200: z.object({ id: z.string() }), 304: noBody('never') };
  const schema = { schema: { querystring: z.object({ body: z.string() }), response } };
  app.get('/echo', schema, async ({ query }, reply) =>
    reply
      .code(query.body.startsWith('{') ? 200 : 304)
      .header('content-type', 'application/json')
      .send(JSON.parse(query.body) as { id: string }),
  );
  for (const [body, status] of [
    ['{"id":"a"}', 200],
    ['{"id":1}', 500],
    ['{"id":"a","more":1}', 500],
    ['[]', 500],
  ]) {
    const { statusCode } = await app.inject({ url: '/echo', query: { body: String(body) } });
    assert.equal(statusCode, status, String(body));
  }
});

const auth: Authenticator = {
  async authenticate(authorization) {
    if (authorization === undefined) return undefined;
    if (!authorization.startsWith('Bearer ')) throw new DomainError('unauthenticated', 'invalid-token', 'no');
    return { subject: 'user-1', scopes: new Set([authorization.slice(7)]) };
  },
};

test('the scope of a route is checked before the body is read', async () => {
  const { app } = await createSampleApp({ auth });
  const put = (authorization?: string, payload: unknown = '{') =>
    app.inject({
      method: 'PUT',
      url: '/things/a',
      headers: { ...json, ...(authorization ? { authorization } : {}) },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  const anonymous = await put();
  assertProblem(anonymous, 401, 'token-missing');
  assert.equal(anonymous.headers['www-authenticate'], 'Bearer');
  const invalid = await put('Basic x');
  assertProblem(invalid, 401, 'invalid-token');
  assert.equal(invalid.headers['www-authenticate'], 'Bearer error="invalid_token"');
  assertProblem(await put('Bearer other'), 403, 'insufficient-scope');
  assertProblem(await put('Bearer things:write'), 400, 'malformed-json');
  const done = await put('Bearer things:write', thing);
  assert.deepEqual(done.json(), { thing: { ...thing, tags: [] }, by: 'user-1' });
});

test('an invalid token is rejected by every route except system routes', async () => {
  const { app } = await createSampleApp({ auth });
  const headers = { authorization: 'nonsense' };
  for (const url of ['/health', '/ready', '/openapi.json', '/docs', '/docs/static/swagger-ui.css']) {
    assert.equal((await app.inject({ url, headers })).statusCode, 200, url);
  }
  assertProblem(await app.inject({ url: '/things/a', headers }), 401, 'invalid-token');
  assert.equal((await app.inject('/things/a')).statusCode, 200);
});

test('registering a route with a scope throws if the app has no authenticator', async () => {
  const { app } = await createSampleApp();
  assert.throws(() => app.get('/guarded', { config: { scope: 'x' } }, async () => ({})), /no authenticator/);
});
