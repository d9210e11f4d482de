import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createSampleApp } from './testing.ts';

const long = { items: Array.from({ length: 100 }, (_, i) => ({ productId: `product-${i}` })) };

async function responseTo(url: string, encoding?: string) {
  const { app } = await createSampleApp();
  app.get('/long', { schema: { summary: 'Long' } }, () => long);
  app.get('/short', { schema: { summary: 'Short' } }, () => ({ items: [] }));
  const headers = encoding === undefined ? {} : { 'accept-encoding': encoding };
  const response = await app.inject({ url, headers });
  await app.close();
  return response;
}

test('a long response is compressed for clients that accept it, with Vary', async () => {
  const { headers, rawPayload } = await responseTo('/long', 'gzip');
  assert.equal(headers['content-encoding'], 'gzip');
  assert.match(String(headers.vary), /accept-encoding/i);
  assert.ok(rawPayload.length < JSON.stringify(long).length / 4);
  assert.deepEqual(JSON.parse(gunzipSync(rawPayload).toString()), long);
});

test('brotli is preferred to gzip: it is smaller', async () => {
  const { headers, rawPayload } = await responseTo('/long', 'gzip, deflate, br');
  assert.equal(headers['content-encoding'], 'br');
  assert.deepEqual(JSON.parse(brotliDecompressSync(rawPayload).toString()), long);
});

test('a long response to other clients, and a short one to all, is not compressed', async () => {
  for (const [url, encoding] of [
    ['/long', undefined],
    ['/long', 'identity'],
    ['/long', 'gzip;q=0'],
    ['/short', 'gzip'],
  ] as const) {
    const { headers, statusCode } = await responseTo(url, encoding);
    assert.deepEqual([statusCode, headers['content-encoding']], [200, undefined], `${url} ${encoding}`);
  }
});
