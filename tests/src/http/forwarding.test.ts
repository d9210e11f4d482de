import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { mapServices } from '@tandem/contracts/topology';
import { createForwarding } from '@tandem/local/system/forwarding';
import { startGateway } from '@tandem/local/system/gateway';
import { closedPort } from '../support/closed-port.ts';
import { exchange } from './raw.ts';

async function urlOf(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a gateway whose services are all at one URL. */
async function gatewayTo(t: TestContext, url: string): Promise<string> {
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    upstreams: mapServices(() => [url] as const),
    forwarding: createForwarding(),
    load: { maxInFlight: 32, maxWaiting: 400 },
  });
  t.after(() => gateway.stop());
  return gateway.url;
}

/** Starts a gateway with a service; returns the requests that reach the service, with their bodies. */
async function withService(
  t: TestContext,
  respond = (_request: IncomingMessage, response: ServerResponse) => void response.end('{}'),
) {
  const reached: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const record = async (request: IncomingMessage, response: ServerResponse) => {
    reached.push({ request, body: await text(request) });
    respond(request, response);
  };
  const server = createServer((request, response) => {
    if (request.url === '/ready') response.end();
    else void record(request, response);
  });
  const gateway = await gatewayTo(t, await urlOf(t, server));
  t.after(() => server.closeAllConnections());
  const send = async (lines: readonly string[], body = '') => {
    const method = lines[0]?.split(' ', 1)[0] ?? '';
    const { responses } = await exchange(gateway, [...lines, '', body].join('\r\n'), [method]);
    return responses.at(-1) ?? assert.fail('no response');
  };
  return { gateway, reached, send };
}

/** Starts a gateway with a service that responds to any request with these bytes, and then closes the connection. */
async function withBytes(t: TestContext, bytes: string) {
  const server = createTcpServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end(bytes)),
  );
  const gateway = await gatewayTo(t, await urlOf(t, server));
  return (method = 'GET') => exchange(gateway, `${method} /products HTTP/1.1\r\nHost: a\r\n\r\n`, [method]);
}

test('RFC 9110 7.6.1: headers of the connection are not forwarded, and others are', async (t) => {
  const { reached, send } = await withService(t);
  await send([
    'GET /products HTTP/1.1',
    'Host: a',
    'Connection: X-Named, Keep-Alive, X-Gateway-Key, x-forwarded-for',
    'X-Named: 1',
    'Keep-Alive: timeout=5',
    'TE: trailers',
    'Trailer: X-T',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
    'Proxy-Authorization: Basic x',
    'Proxy-Connection: keep-alive',
    'Expect: 100-continue',
    'X-Kept: 1',
    'Authorization: Bearer x',
  ]);
  const { headers } = reached[0]?.request ?? assert.fail('nothing was forwarded');
  for (const name of [
    'x-named',
    'keep-alive',
    'te',
    'trailer',
    'upgrade',
    'http2-settings',
    'proxy-authorization',
    'proxy-connection',
    'expect',
  ])
    assert.equal(headers[name], undefined, name);
  assert.deepEqual([headers['x-kept'], headers.authorization], ['1', 'Bearer x']);
  assert.ok(headers['x-gateway-key'], 'a client cannot remove what the gateway adds');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
});

test('RFC 9110 7.6.1: headers of the connection to a service do not reach the client', async (t) => {
  const { send } = await withService(t, (_request, response) => {
    response.writeHead(200, {
      connection: 'close, x-named',
      'x-named': '1',
      'keep-alive': 'timeout=9',
      'proxy-authenticate': 'Basic',
      upgrade: 'h2c',
      'x-kept': '1',
    });
    response.end('{}');
  });
  const { headers } = await send(['GET /products HTTP/1.1', 'Host: a']);
  for (const name of ['x-named', 'proxy-authenticate', 'upgrade'])
    assert.equal(headers.get(name), undefined, name);
  assert.match(headers.get('connection') ?? '', /^keep-alive$/);
  assert.equal(headers.get('x-kept'), '1');
});

test('RFC 9110 7.6.3: the gateway is the last in Via', async (t) => {
  const { reached, send } = await withService(t);
  await send(['GET /products HTTP/1.1', 'Host: a']);
  await send(['GET /products HTTP/1.0', 'Via: 1.1 cdn', 'Via: 2 edge']);
  assert.deepEqual(
    reached.map(({ request }) => request.headers.via),
    ['1.1 tandem', '1.1 cdn, 2 edge, 1.0 tandem'],
  );
});

test('RFC 9110 7.6.2: Max-Forwards is reduced for OPTIONS and TRACE, and ends at 0', async (t) => {
  const { reached, send } = await withService(t);
  for (const method of ['OPTIONS', 'TRACE', 'GET'])
    await send([`${method} /products HTTP/1.1`, 'Host: a', 'Max-Forwards: 3']);
  assert.deepEqual(
    reached.map(({ request }) => request.headers['max-forwards']),
    ['2', '2', '3'],
  );
  assert.equal((await send(['OPTIONS /products HTTP/1.1', 'Host: a', 'Max-Forwards: 0'])).status, 204);
  assert.equal((await send(['TRACE /products HTTP/1.1', 'Host: a', 'Max-Forwards: 0'])).status, 501);
  assert.equal(reached.length, 3);
});

test('RFC 9112 3.2.2: the target of an absolute-form is forwarded in origin-form', async (t) => {
  const { reached, send } = await withService(t);
  await send(['GET http://shop.example/products?a=%20b HTTP/1.1', 'Host: other.example']);
  assert.equal(reached[0]?.request.url, '/products?a=%20b');
});

for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'PROPFIND'])
  for (const framing of ['Content-Length: 4', 'Transfer-Encoding: chunked'])
    test(
      `RFC 9112 6.3: a body of ${method} with ${framing} does not count into the next request of the connection`,
      { timeout: 20_000 },
      async (t) => {
        const { reached, send } = await withService(t);
        const body = framing.startsWith('C') ? 'body' : '4\r\nbody\r\n0\r\n\r\n';
        await send([`${method} /products HTTP/1.1`, 'Host: a', framing], body);
        const { status } = await send(['GET /products/next HTTP/1.1', 'Host: a']);
        assert.equal(status, 200);
        const [first, second] = reached;
        assert.ok(first?.body === '' || first?.body === 'body', first?.body);
        assert.deepEqual(
          [second?.request.method, second?.request.url, second?.body],
          ['GET', '/products/next', ''],
        );
        if (['POST', 'PUT', 'PATCH'].includes(method)) assert.equal(first.body, 'body');
      },
    );

test('RFC 9112 6.1: a response in chunks is delimited by its end for HTTP/1.0', async (t) => {
  const { send } = await withService(t, (_request, response) => {
    response.write('a');
    response.end('b');
  });
  const { headers, body } = await send(['GET /products HTTP/1.0']);
  assert.deepEqual([headers.get('transfer-encoding'), body], [undefined, 'ab']);
});

test('RFC 9110 15.6.4: 503 if no instance accepts the connection, with Retry-After', async (t) => {
  const gateway = await gatewayTo(t, `http://127.0.0.1:${await closedPort(t)}`);
  const { responses } = await exchange(gateway, 'GET /products HTTP/1.1\r\nHost: a\r\n\r\n', ['GET']);
  assert.deepEqual([responses[0]?.status, responses[0]?.headers.get('retry-after')], [503, '1']);
});

for (const bytes of [
  'nonsense\r\n\r\n',
  'HTTP/1.1 200 OK\r\nbad header\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
  'HTTP/1.1 99 Low\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
])
  test(`RFC 9110 15.6.3: 502 for the response ${JSON.stringify(bytes)} of a service`, async (t) => {
    const { responses } = await (await withBytes(t, bytes))();
    assert.deepEqual(
      responses.map(({ status }) => status),
      [502],
    );
    assert.equal(JSON.parse(responses[0]?.body ?? '').type, 'urn:tandem:problem:upstream-invalid');
  });

for (const [name, head, body] of [
  ['Content-Length', 'Content-Length: 10', 'half'],
  ['chunks', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
] as const)
  test(`RFC 9112 8: a response of a service that ends too early, in ${name}, ends too early for the client`, async (t) => {
    const exchangeOnce = await withBytes(t, `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`);
    // What arrives is no whole response, and nothing follows.
    await assert.rejects(exchangeOnce(), /bytes that are no response/);
  });

for (const [status, reason] of [
  [204, 'No Content'],
  [304, 'Not Modified'],
] as const)
  test(`RFC 9112 6.3: ${status} of a service has no body, and the connection is usable after it`, async (t) => {
    const { responses, isOpen } = await (
      await withBytes(t, `HTTP/1.1 ${status} ${reason}\r\nETag: "a"\r\n\r\n`)
    )();
    assert.deepEqual(
      [responses[0]?.status, responses[0]?.headers.get('etag'), isOpen],
      [status, '"a"', true],
    );
  });
