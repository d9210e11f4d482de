import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

test('the page, its documents and the data of the console are compressed; a forwarded response once', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { putProduct, call } = client(gateway);
    for (let i = 0; i < 8; i += 1) await putProduct(`mug-${i}`, { description: 'A mug. '.repeat(20) });
    const scripts = (await (await fetch(gateway)).text()).matchAll(/"\.?(\/assets\/[^"]+\.js)"/g);
    for (const path of [
      '/asyncapi.json',
      '/products',
      '/console/events/recent',
      ...[...scripts].map(([, script]) => script ?? ''),
    ]) {
      for (const encoding of ['br', 'gzip']) {
        const response = await fetch(gateway + path, { headers: { 'accept-encoding': encoding } });
        const text = await response.text();
        assert.equal(response.headers.get('content-encoding'), encoding, path);
        assert.match(response.headers.get('vary') ?? '', /accept-encoding/i, path);
        assert.ok(text.length > 1_024, path);
      }
      const plain = await fetch(gateway + path, { headers: { 'accept-encoding': 'identity' } });
      assert.equal(plain.headers.get('content-encoding'), null, path);
    }
    assert.equal((await call('GET', '/console/about')).headers.get('content-encoding'), null, 'short');
  }));
