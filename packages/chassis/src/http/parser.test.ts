import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { createSampleApp } from './testing.ts';

const { app } = await createSampleApp();
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
after(() => app.close());

async function assertProblem(bytes: string, status: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
  assert.match(head, /\r\ncontent-type: application\/problem\+json(\r\n|$)/i);
  const problem = JSON.parse(body) as { status: number; requestId: string };
  assert.equal(problem.status, status);
  assert.ok(head.toLowerCase().includes(`x-request-id: ${problem.requestId}`));
}

const malformedRequests: [name: string, bytes: string, status: number][] = [
  ['garbage', 'garbage\r\n\r\n', 400],
  ['a bad header', 'GET /things/a HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n', 400],
  [
    'two lengths',
    'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}',
    400,
  ],
  ['large headers', `GET /things/a HTTP/1.1\r\nhost: x\r\nlarge: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a long URL', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 414],
  ['a missing host', 'GET /things/a HTTP/1.1\r\n\r\n', 400],
  ['an unknown expectation', 'GET /things/a HTTP/1.1\r\nhost: x\r\nexpect: unknown\r\n\r\n', 417],
];

for (const [name, bytes, status] of malformedRequests) {
  test(`the response to ${name} is problem ${status}`, () => assertProblem(bytes, status));
}

test('the response to a request that does not arrive in time is problem 408', async () => {
  app.server.once('connection', (socket) => {
    socket.once('data', () =>
      app.server.emit(
        'clientError',
        Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
        socket,
      ),
    );
  });
  await assertProblem('GET /things/a HTTP/1.1\r\n', 408);
});

test('a lost connection is closed without a response', async () => {
  app.server.once('connection', (socket) => {
    app.server.emit('clientError', Object.assign(new Error('gone'), { code: 'ECONNRESET' }), socket);
  });
  assert.equal(await text(connect(port, '127.0.0.1')).catch(() => ''), '');
});
