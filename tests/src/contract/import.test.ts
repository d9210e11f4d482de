import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { storeName } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

/** DynamoDB's limit of an item, which contains the stored response of a request with a key. */
const MAX_ITEM_BYTES = 400 * 1024;

test(`the response to an import of invalid lines only has a bounded size, and is replayed, on ${storeName}`, () =>
  withSystem(async ({ urls }) => {
    const { call } = client(urls.gateway);
    // Six bytes for each character of an unknown field, which the response names.
    const line = JSON.stringify({ ['\u0001'.repeat(20)]: 1 });
    const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'bad-lines' };
    const request = { body: `${line}\n`.repeat(4_000), headers };
    const { status, body, text } = await call('POST', '/products/import', request);
    assert.equal(status, 200, text);
    const { rejected, unlisted } = body as { rejected: readonly { line: number }[]; unlisted: number };
    assert.equal(rejected.length + unlisted, 4_000);
    assert.ok(Buffer.byteLength(text) < MAX_ITEM_BYTES, `${Buffer.byteLength(text)} bytes`);

    const again = await call('POST', '/products/import', request);
    assert.deepEqual([again.status, again.text], [200, text]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
  }));
