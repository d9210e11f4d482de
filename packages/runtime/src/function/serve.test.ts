import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { createSampleApp } from '@tandem/chassis/http/testing';
import { createMetrics } from '@tandem/chassis/metrics';
import { createRecordingTracer } from '@tandem/chassis/recording-tracer';
import type { AlbResponse } from './alb.ts';
import { createServe } from './serve.ts';
import { albEvent, type ClientRequest } from './testing.ts';

const logged: { fields: object; message: string }[] = [];
const logger = { error: (fields: object, message: string) => void logged.push({ fields, message }) };
const deps = { flush: async () => undefined, logger };

const origin = 'https://shop.example';
const { app } = await createSampleApp({ limits: { proxyHops: 1 }, corsOrigins: [origin] });
app.get('/large/:bytes', { schema: { summary: 'Large' } }, async ({ params }, reply) =>
  reply.type('text/plain').send('é'.repeat(Number((params as { bytes: string }).bytes) / 2)),
);
app.get('/bytes', { schema: { summary: 'Bytes' } }, async (_request, reply) =>
  reply.type('application/octet-stream').send(Buffer.from([0xff, 0x00, 0xfe])),
);
app.get('/echo', { schema: { summary: 'Echo' } }, async ({ ip, host, protocol, headers, raw }) => {
  const { 'x-list': list, cookie } = headers;
  return { ip, host, protocol, list, cookie, url: raw.url };
});
app.get('/repeated', { schema: { summary: 'Repeated' } }, async (_request, reply) =>
  reply.header('set-cookie', ['a=1; Path=/', 'b=2, 3']).send({}),
);
app.get('/broken', { schema: { summary: 'Broken' } }, async (_request, reply) => {
  reply.hijack();
  reply.raw.destroy(new Error('a defect'));
});
const serve = createServe(app, deps);
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
after(() => app.close());

const json = { 'content-type': 'application/json' };
const thing = JSON.stringify({ name: 'mug', price: 1200 });

/** What a client sees: status, headers without those of a connection or of one request only, and body. */
function visible(status: number | undefined, headers: Record<string, unknown>, body: Buffer) {
  const own = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date', 'traceparent'];
  const kept = Object.entries(headers).filter(([name]) => ![...own, 'x-request-id'].includes(name));
  const text = body.toString('latin1').replace(/"requestId":"[^"]+"/, '');
  return { status, headers: Object.fromEntries(kept), body: text };
}

async function taskResponse({ method = 'GET', target, headers = {}, body = '' }: ClientRequest) {
  const length = body.length > 0 ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  const fields = { host: 'shop.example', 'x-forwarded-proto': 'https', ...headers, ...length };
  const request = httpRequest({
    port,
    method,
    path: target,
    headers: { ...fields, 'x-forwarded-for': '198.51.100.7' } as Record<string, string>,
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return visible(response.statusCode, response.headers, await buffer(response));
}

const bytesOf = ({ body, isBase64Encoded }: AlbResponse) =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

const cases: readonly [name: string, request: ClientRequest, status: number][] = [
  ['a path and an encoded query', { target: '/things?ids=a%2Cb,c&limit=7&mine=yes' }, 200],
  ['an encoded plus and a space', { target: '/things?ids=a%2Bb+c%20d' }, 200],
  ['a parameter without a value', { target: '/things?mine=' }, 400],
  ['a repeated parameter', { target: '/things?limit=1&limit=2' }, 400],
  ['a query that is not well encoded', { target: '/things?ids=%zz%' }, 200],
  ['a path that is not well encoded', { target: '/things/%zz' }, 400],
  ['an encoded slash', { target: '/things/a%2Fb' }, 200],
  ['encoded dot segments', { target: '/things/%2e%2e' }, 200],
  ['plain dot segments', { target: '/things/../things/a' }, 404],
  ['two slashes', { target: '//things/a' }, 404],
  ['a path in UTF-8', { target: '/things/%C3%A9%F0%9F%8D%B5' }, 200],
  ['HEAD', { method: 'HEAD', target: '/things/a' }, 200],
  ['HEAD of a problem', { method: 'HEAD', target: '/nowhere' }, 404],
  ['a condition that is not met', { target: '/things/a', headers: { 'if-none-match': '*' } }, 304],
  ['no such thing', { target: '/things/missing' }, 404],
  ['no such route', { target: '/nowhere' }, 404],
  ['a method that is not allowed', { method: 'DELETE', target: '/things/a' }, 405],
  ['JSON', { method: 'PUT', target: '/things/a', headers: json, body: thing }, 200],
  ['JSON in UTF-8', { method: 'POST', target: '/things', headers: json, body: '{"a":"é🍵"}' }, 200],
  ['no body', { method: 'POST', target: '/things' }, 200],
  ['an empty body of JSON', { method: 'POST', target: '/things', headers: json }, 200],
  ['malformed JSON', { method: 'POST', target: '/things', headers: json, body: '{' }, 400],
  [
    'a merge patch, which arrives as base64',
    {
      method: 'PATCH',
      target: '/things/a',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{"price":1}',
    },
    204,
  ],
  [
    'a compressed body',
    {
      method: 'POST',
      target: '/things',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(thing),
    },
    415,
  ],
  ['a body of another type', { method: 'POST', target: '/things', body: 'x' }, 415],
  [
    'a body beyond the limit',
    { method: 'POST', target: '/things', headers: json, body: `"${'x'.repeat(70_000)}"` },
    413,
  ],
  ['a response of bytes', { target: '/bytes' }, 200],
  ['a long response', { target: '/large/20000' }, 200],
  ['a compressed response', { target: '/large/20000', headers: { 'accept-encoding': 'gzip' } }, 200],
  [
    'address, host, protocol and repeated headers',
    { target: '/echo?a=%20b', headers: { 'x-list': ['1', '2'], cookie: 'c=d' } },
    200,
  ],
  ['repeated headers of a response', { target: '/repeated' }, 200],
  ['liveness', { target: '/health' }, 200],
  ['readiness', { target: '/ready' }, 200],
];

for (const [name, request, status] of cases) {
  test(`a function responds like a task: ${name}`, async () => {
    const expected = await taskResponse(request);
    assert.equal(expected.status, status);
    const response = await serve(albEvent(request));
    assert.equal(response.headers, undefined, 'an event with multi-value headers needs a response with them');
    const headers = Object.fromEntries(
      Object.entries(response.multiValueHeaders ?? {}).map(([field, values]) => [
        field,
        field === 'set-cookie' ? values : values.join(', '),
      ]),
    );
    assert.deepEqual(visible(response.statusCode, headers, bytesOf(response)), expected);
    assert.match(response.statusDescription, new RegExp(`^${status} [A-Z]`));
  });
}

test('without multi-value headers, event and response have single ones', async () => {
  const event = albEvent({ target: '/things?limit=7' }, { multiValue: false });
  const { headers, multiValueHeaders, body } = await serve(event);
  assert.equal(multiValueHeaders, undefined);
  assert.equal(headers?.['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(JSON.parse(body), { query: { limit: 7 } });
});

test('headers of a connection, and the length, are left to the load balancer', async () => {
  const { multiValueHeaders = {} } = await serve(albEvent({ target: '/large/20000' }));
  const own = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];
  assert.deepEqual(
    own.filter((name) => name in multiValueHeaders),
    [],
  );
});

test('a compressed response is encoded as base64, text is not', async () => {
  const target = '/large/20000';
  const get = (encoding: string) => serve(albEvent({ target, headers: { 'accept-encoding': encoding } }));
  const [gzip, brotli, plain] = [await get('gzip'), await get('br'), await get('identity')];
  assert.deepEqual(
    [gzip, brotli, plain].map(({ isBase64Encoded }) => isBase64Encoded),
    [true, true, false],
  );
  assert.equal(gunzipSync(bytesOf(gzip)).toString(), plain.body);
  assert.equal(brotliDecompressSync(bytesOf(brotli)).toString(), plain.body);
});

test('a request without Host is rejected as by a task', async () => {
  const { multiValueHeaders = {}, ...event } = albEvent({ target: '/things/a' });
  const { host: _, ...headers } = multiValueHeaders;
  const { statusCode, body } = await serve({ ...event, multiValueHeaders: headers });
  assert.deepEqual(
    [statusCode, (JSON.parse(body) as { type: string }).type.split(':').at(-1)],
    [400, 'host-missing'],
  );
});

test('the rate limit counts the address that the load balancer saw, not one that the client claims', async () => {
  const limited = await createSampleApp({ limits: { proxyHops: 1, unitsPerSecond: 1 } });
  const serveLimited = createServe(limited.app, deps);
  const statusOf = async (clientAddress: string, claimed: string) => {
    const headers = { 'x-forwarded-for': claimed };
    return (await serveLimited(albEvent({ target: '/things/a', headers }, { clientAddress }))).statusCode;
  };
  assert.deepEqual(
    [
      await statusOf('198.51.100.1', '203.0.113.1'),
      await statusOf('198.51.100.1', '203.0.113.1'),
      await statusOf('198.51.100.2', '203.0.113.1'),
      await statusOf('198.51.100.1', '203.0.113.2'),
    ],
    [200, 200, 200, 429],
  );
  await limited.app.close();
});

for (const [bytes, expected] of [
  [980_000, 200],
  [1_010_000, 500],
] as const) {
  test(`the response to a request for ${bytes} bytes has status ${expected}, within the limit of 1 MB`, async () => {
    const headers = { 'x-request-id': `large-${bytes}`, origin };
    const response = await serve(albEvent({ target: `/large/${bytes}`, headers }));
    assert.equal(response.statusCode, expected);
    assert.ok(Buffer.byteLength(JSON.stringify(response)) <= 1024 * 1024);
    assert.deepEqual(response.multiValueHeaders?.['access-control-allow-origin'], [origin]);
    assert.match(String(response.multiValueHeaders?.['vary']), /Origin/);
    if (expected === 200) return;
    assert.deepEqual(response.multiValueHeaders?.['content-type'], ['application/problem+json']);
    const { type, requestId } = JSON.parse(response.body) as Record<string, string>;
    assert.deepEqual([type, requestId], ['urn:tandem:problem:response-too-large', `large-${bytes}`]);
    assert.match(logged.at(-1)?.message ?? '', /larger than the limit/);
    const compressed = { ...headers, 'accept-encoding': 'gzip' };
    assert.equal((await serve(albEvent({ target: `/large/${bytes}`, headers: compressed }))).statusCode, 200);
  });
}

test('a response that breaks off becomes a problem', async () => {
  const { statusCode, multiValueHeaders, body } = await serve(albEvent({ target: '/broken' }));
  assert.equal(statusCode, 500);
  assert.deepEqual(multiValueHeaders?.['content-type'], ['application/problem+json']);
  const { type, requestId } = JSON.parse(body) as Record<string, string>;
  assert.equal(type, 'urn:tandem:problem:internal');
  assert.partialDeepStrictEqual(logged.at(-1), { fields: { requestId }, message: 'request not handled' });
});

test('spans end and latencies are measured before the flush, whose failure is logged', async () => {
  const metrics = createMetrics();
  const { tracer, spans } = createRecordingTracer();
  const traced = await createSampleApp({ metrics, tracer });
  const flushed: unknown[] = [];
  const flush = async () => {
    const measured = metrics.take().map(({ dimensions }) => dimensions['route']);
    flushed.push([spans.map(({ name, parentId }) => [name, parentId]).at(-1), measured]);
    throw new Error('no collector');
  };
  const serveTraced = createServe(traced.app, { ...deps, flush });
  const headers = { traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' };
  const requests = [
    ['GET', '/things/a', 200, 'GET /things/:id'],
    ['GET', '/things/missing', 404, 'GET /things/:id'],
    ['GET', '/nowhere', 404, 'unknown'],
    ['HEAD', '/things/a', 200, 'HEAD /things/:id'],
  ] as const;
  for (const [method, target, status, route] of requests) {
    assert.equal((await serveTraced(albEvent({ method, target, headers }))).statusCode, status);
    const name = route === 'unknown' ? method : route;
    assert.deepEqual(flushed.at(-1), [[name, '0123456789abcdef'], [route]]);
  }
  assert.equal(spans.length, requests.length);
  assert.match(logged.at(-1)?.message ?? '', /telemetry not flushed/);
  await traced.app.close();
});

test('every response of a function is protected, behind TLS also its own problems (security 13)', async () => {
  const strict = ['max-age=31536000; includeSubDomains'];
  for (const [target, status] of [
    ['/things/a', 200],
    ['/nowhere', 404],
    ['/%ff', 400],
    ['/broken', 500],
    ['/large/1100000', 500],
  ] as const) {
    for (const [protocol, expected] of [
      ['https', strict],
      ['http', undefined],
    ] as const) {
      const event = albEvent({ target });
      const received = { ...event.multiValueHeaders, 'x-forwarded-proto': [protocol] };
      const response = await serve({ ...event, multiValueHeaders: received });
      const { 'cache-control': caching, 'x-content-type-options': sniffing } =
        response.multiValueHeaders ?? {};
      assert.equal(response.statusCode, status, target);
      assert.deepEqual(
        [caching, sniffing],
        [[status === 200 ? 'private, no-store' : 'no-store'], ['nosniff']],
      );
      assert.deepEqual(response.multiValueHeaders?.['strict-transport-security'], expected, target);
    }
  }
});
