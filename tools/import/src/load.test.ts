import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { load } from './load.ts';
import type { Source } from './source.ts';

test('a large body is streamed with bounded memory', async (t) => {
  const chunkBytes = 65_536;
  const chunks = 1600;
  const limitBytes = 20_000_000;
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  let heldBytes = Infinity;
  const source: Source = {
    total: chunks * chunkBytes,
    unit: 'bytes',
    bad: [],
    notes: () => [],
    format: 'NDJSON',
    async *body() {
      for (let sent = 0; sent < chunks; sent += 1) {
        yield Buffer.alloc(chunkBytes, `${'x'.repeat(1_023)}\n`);
      }
      const deadline = performance.now() + 5000;
      do {
        collectGarbage();
        await setImmediate();
        heldBytes = process.memoryUsage().arrayBuffers;
      } while (heldBytes > limitBytes && performance.now() < deadline);
    },
    reject: (line, reason) => ({ line, reason }),
  };
  let received = 0;
  let parts = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (received += chunk.length));
    request.on('end', () => {
      parts += 1;
      response.end('{"created":1,"updated":2,"unchanged":3,"rejected":[]}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());

  const { port } = server.address() as AddressInfo;
  const report = await load(`http://127.0.0.1:${port}`, source, 'token', () => {});
  assert.deepEqual(report, {
    created: parts,
    updated: 2 * parts,
    unchanged: 3 * parts,
    bad: [],
    unlisted: 0,
  });
  assert.equal(received, source.total);
  assert.ok(heldBytes <= limitBytes, `${heldBytes} bytes held`);
});

test(
  'a rejected token is reported, and the upload stops, although the connection was closed',
  { timeout: 10_000 },
  async (t) => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      if (requests === 1) request.once('data', () => request.socket.destroy());
      else response.writeHead(401).end('{"title":"Unknown key"}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());

    const ended = Promise.withResolvers<void>();
    const source: Source = {
      total: 1,
      unit: 'bytes',
      bad: [],
      notes: () => [],
      format: 'NDJSON',
      async *body() {
        try {
          for (;;) {
            await setImmediate();
            yield Buffer.alloc(65_536, '{}\n');
          }
        } finally {
          ended.resolve();
        }
      },
      reject: (line, reason) => ({ line, reason }),
    };
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    await assert.rejects(
      load(url, source, 'token', () => {}),
      { message: `the system at ${url} does not accept the token (401: Unknown key)` },
    );
    await ended.promise;
  },
);
