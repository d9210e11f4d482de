import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createEventBuffer } from './event-buffer.ts';
import type { State } from './protocol.ts';
import { createStream } from './stream.ts';

test(
  'a client that does not read is disconnected, and does not delay the others',
  { timeout: 20_000 },
  async () => {
    const eventBuffer = createEventBuffer();
    const stream = createStream({ eventBuffer, state: async () => ({}) as State });
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
    const slowClient = await listen();
    const activeClient = await listen();
    let read = 0;
    activeClient.on('data', (chunk: Buffer) => void (read += chunk.length));
    const path = `/${'x'.repeat(64 * 1024)}`;
    const step = {
      kind: 'request',
      at: 0,
      service: 'cart',
      method: 'GET',
      path,
      status: 200,
      durationMs: 1,
    } as const;
    const publishing = setInterval(() => eventBuffer.append({ kind: 'step', step }), 5);
    while (closed.length === 0) await once(activeClient, 'data');
    clearInterval(publishing);
    assert.deepEqual(closed, [1]);
    assert.ok(read > 1024 * 1024);
    stream.close();
    await once(activeClient, 'end');
    slowClient.destroy();
    server.close();
  },
);
