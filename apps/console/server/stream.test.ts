import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createHub } from './hub.ts';
import type { State } from './protocol.ts';
import { createStream } from './stream.ts';

test('who does not read is let go, and keeps nothing from those who do', { timeout: 20_000 }, async () => {
  const hub = createHub();
  const stream = createStream({ hub, state: async () => ({}) as State });
  const closed: number[] = [];
  let opened = 0;
  const server = createServer((_request, response) => {
    const number = (opened += 1);
    response.once('close', () => void closed.push(number));
    stream.open(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const listen = async () => {
    const request = get({ port, host: '127.0.0.1', path: '/', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return response;
  };
  const asleep = await listen();
  const awake = await listen();
  let read = 0;
  awake.on('data', (chunk: Buffer) => void (read += chunk.length));
  const path = `/${'x'.repeat(64 * 1024)}`;
  const told = {
    kind: 'request',
    at: 0,
    service: 'cart',
    method: 'GET',
    path,
    status: 200,
    durationMs: 1,
  } as const;
  const telling = setInterval(() => hub.hear({ kind: 'step', step: told }), 5);
  while (closed.length === 0) await once(awake, 'data');
  clearInterval(telling);
  assert.deepEqual(closed, [1]);
  assert.ok(read > 1024 * 1024);
  stream.close();
  await once(awake, 'end');
  asleep.destroy();
  server.close();
});
