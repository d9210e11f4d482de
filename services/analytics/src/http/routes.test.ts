import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TODAY } from '../application/testing.ts';
import { openApi } from './testing.ts';

const ROUTES = ['/analytics/funnel', '/analytics/products', '/analytics/products/mug'];

test('every route requires the scope analytics:read', async (t) => {
  const { app, get, name } = await openApi(t);
  await name('mug', 'Mug');
  for (const url of ROUTES) {
    assert.equal((await app.inject(url)).statusCode, 401, url);
    assert.equal((await get(url, { authorization: 'products:write' })).status, 403, url);
    assert.equal((await get(url)).status, 200, url);
    assert.equal((await app.inject({ url, method: 'POST' })).statusCode, 405, url);
  }
});

test('the default range ends today and has 30 days', async (t) => {
  const { get, clock, name } = await openApi(t);
  await name('mug', 'Mug');
  for (const url of ROUTES) {
    const { body } = await get(url);
    assert.deepEqual([body.from, body.to], ['2026-01-16', TODAY], url);
  }
  clock.now = Date.parse('2026-02-14T23:59:59.999Z');
  assert.equal((await get('/analytics/funnel')).body.to, TODAY);
  clock.now += 1;
  assert.equal((await get('/analytics/funnel?from=&to=')).body.to, '2026-02-15');
});

test('a range has 1 to 400 days, leap days and future days included', async (t) => {
  const { get, name } = await openApi(t);
  await name('mug', 'Mug');
  for (const [query, days] of [
    ['from=2026-02-14&to=2026-02-14', 1],
    ['from=2024-02-28&to=2024-03-01', 3],
    ['from=2024-02-29&to=2024-02-29', 1],
    ['from=2026-02-14&to=2027-03-20', 400],
    ['to=1970-01-01', 30],
    ['from=9999-12-01&to=9999-12-31', 31],
    ['to=2026-03-01&unknown=1', 30],
  ] as const) {
    const { status, body } = await get(`/analytics/funnel?${query}`);
    assert.deepEqual(
      [status, body.days.length, new Set(body.days.map(({ date }) => date)).size],
      [200, days, days],
      query,
    );
    assert.equal((await get(`/analytics/products/mug?${query}`)).status, 200, query);
    assert.equal((await get(`/analytics/products?${query}`)).status, 200, query);
  }
});

test('a query that is not valid is a 400 that points to its parameter', async (t) => {
  const { get } = await openApi(t);
  const dates = [
    ['from=2026-02-15', '?from'],
    ['from=2026-02-14&to=2026-02-13', '?from'],
    ['from=2026-02-14&to=2027-03-21', '?from'],
    ['from=2026-02-30', '?from'],
    ['to=2025-02-29', '?to'],
    ['to=14.02.2026', '?to'],
    ['to=2026-02-14T00:00:00Z', '?to'],
    ['to=1969-12-31', '?to'],
    ['to=0000-01-01', '?to'],
    ['from=2026-02-13&from=2026-02-14', '?from'],
  ];
  const list = [
    ['sort=name', '?sort'],
    ['sort=unitsAdded&sort=unitsAdded', '?sort'],
    ['limit=0', '?limit'],
    ['limit=101', '?limit'],
    ['limit=1.5', '?limit'],
  ];
  for (const [url, cases] of [
    ...ROUTES.map((url) => [url, dates] as const),
    ['/analytics/products', list] as const,
  ]) {
    for (const [query, pointer] of cases) {
      const { status, body, headers } = await get(`${url}?${query}`);
      assert.deepEqual(
        [status, body.errors?.map((error) => error.pointer)],
        [400, [pointer]],
        `${url}?${query}`,
      );
      assert.equal(headers['content-type'], 'application/problem+json');
      assert.ok(body.errors?.[0]?.detail);
    }
  }
});

test('the ETag of each format matches until a figure changes', async (t) => {
  const { get, batch, carts, app } = await openApi(t);
  await batch(TODAY, { mug: { added: 1, checkedOut: 1 } });
  for (const url of ROUTES) {
    const tags = new Set<string>();
    for (const accept of ['application/json', 'text/csv']) {
      const etag = String((await get(url, { accept })).headers['etag']);
      assert.match(etag, /^"[0-9a-f]{32}"$/);
      const unmodified = await get(url, { accept, 'if-none-match': `"other", W/${etag}` });
      assert.deepEqual([unmodified.status, unmodified.text, unmodified.headers['etag']], [304, '', etag]);
      assert.match(String(unmodified.headers['vary']), /accept/);
      assert.equal((await get(url, { accept, 'if-none-match': '"other"' })).status, 200);
      assert.equal((await get(url, { accept, 'if-none-match': 'other' })).status, 400);
      const headers = { authorization: 'analytics:read', accept };
      const head = await app.inject({ url, method: 'HEAD', headers });
      assert.deepEqual([head.statusCode, head.payload, head.headers['etag']], [200, '', etag]);
      tags.add(etag);
    }
    assert.equal(tags.size, 2, url);
    await carts(TODAY, { opened: 1 });
    await batch(TODAY, { mug: { added: 1 } });
    for (const etag of tags) assert.equal((await get(url, { 'if-none-match': etag })).status, 200);
  }
});

test('CSV is sent to clients that prefer it, JSON to all others', async (t) => {
  const { get, name } = await openApi(t);
  await name('mug', 'Mug');
  const csv = 'text/csv; charset=utf-8';
  const json = 'application/json; charset=utf-8';
  for (const [accept, type] of [
    ['text/csv', csv],
    ['text/*', csv],
    ['TEXT/CSV', csv],
    ['application/json;q=0.5, text/csv', csv],
    ['text/csv;q=0.5, application/json', json],
    ['*/*', json],
    ['image/png', json],
    ['text/csv;q=0', json],
    [';;', json],
    ['', json],
  ] as const) {
    for (const url of ROUTES) {
      const { status, headers } = await get(url, { accept });
      assert.deepEqual([status, headers['content-type']], [200, type], `${url} ${accept}`);
      assert.match(String(headers['vary']), /^Origin, accept\b/);
    }
  }
  assert.equal((await get('/analytics/funnel')).headers['content-type'], json);
});

test('a compressed response has a tag of its own, and both match (security 13)', async (t) => {
  const { get, app } = await openApi(t);
  const headers = { authorization: 'analytics:read', 'accept-encoding': 'gzip' };
  const compressed = (await app.inject({ url: '/analytics/funnel', headers })).headers;
  assert.equal(compressed['content-encoding'], 'gzip');
  assert.equal(compressed['vary'], 'Origin, accept, accept-encoding');
  const { etag, vary } = (await get('/analytics/funnel')).headers;
  assert.equal(compressed['etag'], String(etag).replace(/"$/, '-gzip"'));
  assert.match(String(vary), /accept, *accept-encoding/);
  for (const tag of [etag, compressed['etag']]) {
    assert.equal((await get('/analytics/funnel', { 'if-none-match': String(tag) })).status, 304);
  }
});
