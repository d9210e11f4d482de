import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { DomainError } from '../errors.ts';
import { createSampleApp } from './testing.ts';

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 1_500);

const { app, logLines } = await createSampleApp({
  auth: {
    async authenticate(authorization) {
      if (authorization === undefined) return undefined;
      if (!authorization.startsWith('Bearer '))
        throw new DomainError('unauthenticated', 'invalid-token', 'no');
      return { subject: 'user-1', scopes: new Set(['things:write']) };
    },
  },
});
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
after(() => app.close());

const hostileText = fc.constantFrom(
  '__proto__',
  'constructor',
  '\0',
  '%00',
  '%zz',
  '%ff',
  '%2e%2e%2f',
  '..',
  '//',
  '?',
  '#',
  '\ud800',
  '1e999',
  '-0',
  'x'.repeat(3000),
  'Cafe\u0301',
  '\u202e\u200b\u2066',
  '\u{10ffff}\u{e0001}',
  '\u001b[2J',
);
const word = fc.oneof(
  hostileText,
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 30 }),
);
const path = fc.oneof(
  fc.constantFrom(
    '/things',
    '/things/a',
    '/things/a',
    '/health',
    '/ready',
    '/docs',
    '/openapi.json',
    '*',
    '',
  ),
  fc
    .array(fc.oneof(word, fc.constantFrom('things', 'docs', 'static')), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`),
);
const query = fc.array(fc.tuple(fc.oneof(word, fc.constantFrom('limit', 'ids', 'mine')), word), {
  maxLength: 4,
});
const hostileUrl = fc
  .tuple(path, query)
  .map(
    ([path, pairs]) => path + (pairs.length > 0 ? `?${pairs.map((pair) => pair.join('=')).join('&')}` : ''),
  );
/** A third is well formed, so that hostile headers and bodies get beyond the parser, too. */
const url = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('/things', '/things/a') },
  { weight: 2, arbitrary: hostileUrl },
);

const nested = fc.nat({ max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const body = fc.oneof(
  fc.json(),
  fc
    .record({ name: fc.jsonValue(), price: fc.jsonValue(), anything: fc.jsonValue() }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value)),
  fc.integer({ min: 65_530, max: 70_000 }).map((length) => `"${'x'.repeat(length)}"`),
  nested,
  nested.map((json) => `{"name":"a","price":1,"anything":${json}}`),
  fc.constantFrom(
    '',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"name":"a","name":"b","price":1e999}',
    '{"name":"\\ud800","price":1}',
    '{"name":"\\u0000","price":99999999999999999999}',
    '{"name":"\u202e\\u200b","price":90000000001}',
    '{"name":"Cafe\u0301","price":9007199254740993}',
    gzipSync('{"name":"a","price":1}'),
    gzipSync(Buffer.alloc(1_000_000)),
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

const CONDITIONS = [
  'if-match',
  'if-none-match',
  'range',
  'idempotency-key',
  'accept',
  'accept-encoding',
  'origin',
];
const CONNECTION = [
  'expect',
  'upgrade',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'content-encoding',
  'transfer-encoding',
  'host',
  'max-forwards',
];
const FORWARDED = [
  'x-request-id',
  'traceparent',
  'accept-version',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'access-control-request-method',
];
const HEADER_VALUES = [
  '"42"',
  '"42-gzip"',
  'W/"42-br", "1"',
  'bytes=0-',
  'chunked',
  'gzip, chunked',
  '100-continue',
  'close, te',
  'gzip',
  'br;q=0, gzip;q=1.5',
  'identity;q=0, *;q=0',
  'https://shop.example',
  'null',
];
const version = fc.oneof(
  { weight: 20, arbitrary: fc.constant('HTTP/1.1') },
  { weight: 2, arbitrary: fc.constantFrom('HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ') },
);

const contentType = fc.tuple(
  fc.constant('content-type'),
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('application/json', 'application/merge-patch+json') },
    fc.constantFrom(
      'text/plain',
      'application/json;',
      'application/',
      '',
      ';',
      'application/json; charset=utf-16',
    ),
    word,
  ),
);
const header = fc.oneof(
  contentType,
  fc.tuple(
    fc.oneof(
      fc.constantFrom('authorization', 'authorization'),
      fc.constantFrom(...CONDITIONS, ...CONNECTION, ...FORWARDED),
      fc.stringMatching(/^[a-z-]{1,20}$/),
    ),
    fc.oneof(fc.constantFrom('Bearer x', '*', '0', ...HEADER_VALUES), word),
  ),
);

interface Response {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

/** Sends raw bytes; resolves to the first final response, or undefined without one. */
async function exchange(bytes: Buffer): Promise<Response | undefined> {
  const socket = connect({ host: '127.0.0.1', port, timeout: 5000 });
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  const closed = new Promise<void>((resolve, reject) => {
    // A response may precede the end of the request: the connection is then reset.
    socket.on('close', () => resolve()).on('error', () => resolve());
    socket.on('timeout', () => {
      reject(new Error('no response'));
      socket.destroy();
    });
  });
  socket.end(bytes);
  await closed;
  const response = Buffer.concat(received)
    .toString('latin1')
    .replace(/^(?:HTTP\/1\.1 1\d\d .*?\r\n\r\n)+/s, '');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1];
  const [head = '', body = ''] = response.split('\r\n\r\n', 2);
  const type = /^content-type: (.*?)\r?$/im.exec(head)?.[1];
  return status === undefined ? undefined : { status: Number(status), type, body };
}

async function assertHarmless(bytes: Buffer, statuses: Map<number, number>): Promise<void> {
  const response = await exchange(bytes);
  statuses.set(response?.status ?? 0, (statuses.get(response?.status ?? 0) ?? 0) + 1);
  assert.deepEqual(
    logLines.splice(0).filter((line) => line['level'] === 'error'),
    [],
  );
  if (response === undefined) return;
  // RFC 9110 requires these where a method, a transfer coding or a version is not implemented.
  assert.ok(response.status < 500 || [501, 505].includes(response.status), `status ${response.status}`);
  if (response.status < 400) return;
  assert.equal(response.type, 'application/problem+json', `status ${response.status}`);
  // A response to HEAD has no body.
  if (response.body !== '')
    assertPlain(JSON.parse(Buffer.from(response.body, 'latin1').toString()) as Problem);
}

interface Problem {
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly detail: string }[];
}

/** A problem has an id for reports, and its texts have no character that breaks or reorders a line of a page. */
function assertPlain({ detail, requestId, errors = [] }: Problem): void {
  assert.match(requestId, /^[\w.:-]{1,128}$/);
  for (const text of [detail, ...errors.map((error) => error.detail)])
    assert.match(text, /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+$/u);
}

test('no request causes a 5xx response but 501 and 505, and every rejection is a problem', async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom('GET', 'PUT', 'PATCH', 'POST'), fc.constantFrom(...METHODS)),
      url,
      fc.oneof(fc.array(header, { maxLength: 6 }), fc.array(contentType, { maxLength: 1 })),
      fc.option(body, { nil: '' }),
      fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }) },
      ),
      version,
      async (method, url, headers, payload, lengthError, version) => {
        const content = Buffer.from(payload);
        const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        const length = content.length === 0 ? '' : `content-length: ${content.length + lengthError}\r\n`;
        const head = `${method} ${url} ${version}\r\nhost: x\r\nconnection: close\r\n${length}${lines}\r\n`;
        await assertHarmless(Buffer.concat([Buffer.from(head), content]), statuses);
      },
    ),
    { numRuns: requests },
  );
  for (const status of [200, 400, 401, 404, 405, 415]) assert.ok(statuses.has(status), `never a ${status}`);
  assert.ok((statuses.get(0) ?? 0) < requests / 10, `${statuses.get(0)} of ${requests} without a response`);
});

test('the response to malformed HTTP is a problem or none', async () => {
  const statuses = new Map<number, number>();
  const piece = fc.oneof(
    fc.constantFrom(
      'GET ',
      '/things',
      ' HTTP/1.1',
      '\r\n',
      '\r\n\r\n',
      'host: x',
      'content-length: ',
      '0',
      ': ',
      ' ',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), (pieces) =>
      assertHarmless(Buffer.from(pieces.join('')), statuses),
    ),
    { numRuns: 500 },
  );
  assert.ok((statuses.get(400) ?? 0) > 100);
});
