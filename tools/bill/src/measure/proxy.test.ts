import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Exchange } from './ledger.ts';
import { startProxy } from './proxy.ts';

const TARGET = 'DynamoDB_20120810.';

/** A store that answers each call with what it was sent, refuses puts, and compresses where it is asked to. */
async function startEcho() {
  const server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const answer = JSON.stringify({ sent: JSON.parse(text) as unknown });
      const isPut = request.headers['x-amz-target'] === `${TARGET}PutItem`;
      const asked = request.headers['accept-encoding'] !== undefined;
      response.writeHead(isPut ? 400 : 200, {
        'x-amz-crc32': '1',
        ...(asked && { 'content-encoding': 'gzip' }),
      });
      response.end(asked ? gzipSync(answer) : answer);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('asks for the capacity of a call, tells of it, and answers as the store did', async () => {
  const store = await startEcho();
  const exchanges: Exchange[] = [];
  const proxy = await startProxy(store.url, (exchange) => exchanges.push(exchange));
  const call = (api: string, body: object) =>
    fetch(proxy.url, {
      method: 'POST',
      headers: { 'x-amz-target': TARGET + api, 'accept-encoding': 'gzip' },
      body: JSON.stringify(body),
    });
  try {
    const read = await call('GetItem', { TableName: 'carts', Key: { pk: { S: 'cart#é' } } });
    assert.equal(read.headers.get('x-amz-crc32'), '1');
    const { sent } = (await read.json()) as { sent: Record<string, unknown> };
    assert.equal(sent['ReturnConsumedCapacity'], 'INDEXES');
    assert.deepEqual(sent['Key'], { pk: { S: 'cart#é' } });
    assert.equal((await call('PutItem', { TableName: 'carts' })).status, 400);
    const described = (await (await call('DescribeTable', { TableName: 'carts' })).json()) as {
      sent: object;
    };
    assert.deepEqual(described.sent, { TableName: 'carts' }, 'it would refuse what it does not know');
    assert.deepEqual(
      exchanges.map(({ api, status }) => [api, status]),
      [
        ['GetItem', 200],
        ['PutItem', 400],
      ],
    );
  } finally {
    proxy.stop();
    store.server.close();
    store.server.closeAllConnections();
  }
});
