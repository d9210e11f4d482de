import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { createPortFinder } from './ports.ts';

const HOST = '127.0.0.1';

/** A port that is in use until the disposal. */
async function usedPort() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return { port: address.port, [Symbol.dispose]: () => void server.close() };
}

test('concurrent searches find different ports, none of which is in use', async () => {
  using used = await usedPort();
  const drawn = [used.port, 20_001, 20_001, 20_002, 20_001, 20_003, 20_004];
  const findPort = createPortFinder(() => drawn.shift() ?? assert.fail('too many draws'));
  const found = await Promise.all(Array.from({ length: 3 }, () => findPort('PORT', 0, HOST)));
  assert.equal(new Set(found).size, 3);
  assert.ok(!found.includes(String(used.port)));
});

test('a requested port that is in use is rejected with its variable', async () => {
  using used = await usedPort();
  await assert.rejects(createPortFinder()('CART_PORT', used.port, HOST), /choose another with CART_PORT/);
});
