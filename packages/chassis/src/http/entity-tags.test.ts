import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { allowsWrite, parsePreconditions, versionTag } from './preconditions.ts';
import { createSampleApp } from './testing.ts';

const suffix = { br: '-br', gzip: '-gzip' };

async function openApp(t: TestContext) {
  const { app } = await createSampleApp({ validateResponses: false });
  t.after(() => app.close());
  app.get('/texts/:length', { schema: { summary: 'Text' } }, async ({ params }, reply) => {
    reply.header('etag', versionTag(42)).type('application/json; charset=utf-8');
    return JSON.stringify('x'.repeat(Number((params as { length: string }).length) - 2));
  });
  app.get('/coded', { compress: false, schema: { summary: 'Never compressed' } }, async (_request, reply) =>
    reply.header('etag', versionTag(42)).send(JSON.stringify('x'.repeat(2_000))),
  );
  app.get('/umlauts', { schema: { summary: 'Two bytes each' } }, async (_request, reply) =>
    reply.header('etag', versionTag(42)).type('text/csv').send('ü'.repeat(600)),
  );
  app.put('/texts/:length', { schema: { summary: 'Write' } }, async ({ headers }, reply) =>
    reply.code(allowsWrite(parsePreconditions(headers), versionTag(42)) ? 200 : 412).send(),
  );
  return app;
}

const acceptEncoding = fc.oneof(
  fc.constantFrom(
    'br',
    'gzip',
    'gzip, br',
    'x-gzip',
    '*',
    '*;q=0',
    'identity',
    'gzip;q=0',
    'BR',
    'deflate',
    '',
  ),
  fc
    .array(
      fc.tuple(
        fc.constantFrom('br', 'gzip', 'x-gzip', 'deflate', 'identity', '*', 'zstd', ';', '='),
        fc.constantFrom('', ';q=0', ';q=0.5', ';q=1', '; Q=0.1', ';q=', ';q=2'),
      ),
      { maxLength: 5 },
    )
    .map((codings) => codings.flat().join(', ').replaceAll(', ;', ';')),
);

test('the tag names the coding that the response has, for any Accept-Encoding, and 304 and HEAD have the same (security 13)', async (t) => {
  const app = await openApp(t);
  const seen = new Set<string>();
  const property = fc.asyncProperty(
    acceptEncoding,
    fc.constantFrom('/texts/10', '/texts/1023', '/texts/1024', '/texts/200000', '/coded', '/umlauts'),
    fc.boolean(),
    async (accepted, url, isRefused) => {
      const headers = { 'accept-encoding': accepted, ...(isRefused && { 'x-no-compression': '1' }) };
      const full = await app.inject({ url, headers });
      const coding = full.headers['content-encoding'] as keyof typeof suffix | undefined;
      const etag = `"42${coding ? suffix[coding] : ''}"`;
      assert.equal(full.headers.etag, etag);
      const head = await app.inject({ url, headers, method: 'HEAD' });
      assert.deepEqual([head.statusCode, head.headers.etag, head.payload], [200, etag, '']);
      if (url === '/coded') return;
      const unmodified = await app.inject({
        url,
        headers: { ...headers, 'if-none-match': '"x", "42-gzip"' },
      });
      assert.deepEqual([unmodified.statusCode, unmodified.headers.etag, unmodified.payload], [304, etag, '']);
      assert.equal(unmodified.headers.vary, full.headers.vary);
      assert.equal(
        /accept-encoding/.test(String(full.headers.vary)),
        /\d{4}|umlauts/.test(url) && url !== '/texts/1023',
      );
      seen.add(coding ?? 'identity');
    },
  );
  await fc.assert(property, { numRuns: 300 });
  assert.deepEqual([...seen].sort(), ['br', 'gzip', 'identity']);
});

test('a tag matches in each coding, If-Match strongly (security 13)', async (t) => {
  const app = await openApp(t);
  const url = '/texts/2000';
  for (const [tag, read, write] of [
    ['"42"', 304, 200],
    ['"42-gzip"', 304, 200],
    ['"42-br"', 304, 200],
    ['"41-gzip", "42-br"', 304, 200],
    ['W/"42"', 304, 412],
    ['W/"42-gzip"', 304, 412],
    ['*', 304, 200],
    ['"41-gzip"', 200, 412],
    ['"42-zstd"', 200, 412],
    ['"42-gzip-gzip"', 200, 412],
    ['"-gzip"', 200, 412],
  ] as const) {
    const found = await app.inject({ url, headers: { 'if-none-match': tag } });
    assert.equal(found.statusCode, read, `If-None-Match: ${tag}`);
    const written = await app.inject({ url, method: 'PUT', headers: { 'if-match': tag } });
    assert.equal(written.statusCode, write, `If-Match: ${tag}`);
  }
});

test('a malformed If-None-Match is reported, not ignored', async (t) => {
  const app = await openApp(t);
  const response = await app.inject({ url: '/texts/10', headers: { 'if-none-match': '42' } });
  assert.deepEqual(
    [response.statusCode, response.json<{ type: string }>().type],
    [400, 'urn:tandem:problem:malformed-precondition'],
  );
});
