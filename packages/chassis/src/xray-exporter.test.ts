import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { type ExportedSpan, spansOf } from './fake-collector.ts';
import { startOtel } from './otel.ts';
import { createXrayExporter } from './xray-exporter.ts';

const REGION = 'eu-central-1';
const SECRET = 'a secret of the test';
Object.assign(process.env, {
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: 'task-key',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SESSION_TOKEN: 'task-session',
});

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/**
 * Whether a request is signed as AWS requires, computed by the steps of its documentation and not by the signer.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function isSigned({ headers, url = '' }: IncomingMessage, body: string): boolean {
  const [, scope = '', signedHeaders = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=task-key\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
      String(headers.authorization),
    ) ?? [];
  const [date = '', ...rest] = scope.split('/');
  if (rest.join('/') !== `${REGION}/xray/aws4_request`) return false;
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-security-token'].every((name) => names.includes(name))) return false;
  const canonicalHeaders = names.map((name) => `${name}:${String(headers[name])}\n`).join('');
  const canonical = `POST\n${url}\n\n${canonicalHeaders}\n${signedHeaders}\n${sha256(body)}`;
  const toSign = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${sha256(canonical)}`;
  const key = [REGION, 'xray', 'aws4_request'].reduce(hmac, hmac(`AWS4${SECRET}`, date));
  return hmac(key, toSign).toString('hex') === signature;
}

/** Exports a span to an endpoint that answers its requests with these statuses or bodies, and stores the spans of signed ones. */
async function exportTo(t: TestContext, ...answers: readonly (number | object)[]) {
  const stored: ExportedSpan[] = [];
  const received: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = answers[received.length] ?? 200;
      const status = typeof answer === 'number' ? answer : 200;
      const isJson = request.headers['content-type'] === 'application/json';
      const verdict = `${isSigned(request, body) ? 'signed' : 'not signed'}${isJson ? '' : ', not JSON'}`;
      received.push(`${request.method} ${request.url} ${verdict}`);
      if (answer === HANGING) return;
      if (status === 200) stored.push(...spansOf(JSON.parse(body)));
      response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {});
      response.end(typeof answer === 'number' ? '{}' : JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => (server.close(), server.closeAllConnections()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const fields: object[] = [];
  const add = (line: object, message: string) => (lines.push(message), void fields.push(line));
  const log = { warn: add, error: add, info: add };
  const otel = startOtel({ serviceName: 'product', endpoint, ratio: 1, isSigned: true, log });
  const span = () => otel.start('GET /products', { kind: 'server', parent: undefined, attributes: {} }).end();
  t.after(() => otel.stop());
  return { endpoint, span, flush: () => otel.flush(), received, stored, lines, fields };
}

/** An answer that never comes. */
const HANGING = 0;
const SIGNED = 'POST /v1/traces signed';

test('spans reach X-Ray as OTLP in JSON, signed by the credentials of the task (aws F6)', async (t) => {
  const { span, flush, received, stored, lines } = await exportTo(t);
  span();
  await flush();
  assert.deepEqual(received, [SIGNED]);
  assert.deepEqual([stored.length, stored[0]?.name, stored[0]?.service], [1, 'GET /products', 'product']);
  assert.deepEqual(lines, []);
});

test('an export that X-Ray throttles is sent again; one that it rejects is not, and an outage is two lines', async (t) => {
  const { span, flush, received, stored, lines } = await exportTo(t, 429, 503, 200, 403, 400, 200);
  span();
  await flush();
  assert.deepEqual([received, stored.length, lines], [[SIGNED, SIGNED, SIGNED], 1, []]);
  for (let i = 0; i < 3; i++) {
    span();
    await flush();
  }
  assert.deepEqual([received.length, stored.length], [6, 2]);
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['spans not exported', 'spans are exported again'],
  );
});

test('spans that X-Ray rejects of an accepted export are logged, and not sent again', async (t) => {
  // An int64, which is a text in OTLP's JSON.
  const partialSuccess = { rejectedSpans: '2', errorMessage: 'a span is too old' };
  const { span, flush, received, lines, fields } = await exportTo(
    t,
    { partialSuccess },
    { partialSuccess: {} },
  );
  for (let i = 0; i < 3; i++) span();
  await flush();
  assert.deepEqual(received, [SIGNED]);
  assert.match(String(lines), /^spans not exported/);
  const { spans, err } = fields[0] as { spans: number; err: Error };
  assert.deepEqual([spans, err.message], [2, 'X-Ray rejected 2 spans: a span is too old']);
  span();
  await flush();
  assert.match(String(lines[1]), /^spans are exported again/);
});

test('an export that is not accepted in three attempts is dropped; a redirection is not followed', async (t) => {
  const { span, flush, received, stored, lines } = await exportTo(t, 503, 307, 503);
  span();
  await flush();
  assert.deepEqual([received, stored, lines.length], [[SIGNED, SIGNED, SIGNED], [], 1]);
});

test('an attempt has a timeout, and a flush waits for the exports that are running', async (t) => {
  const { endpoint, received } = await exportTo(t, HANGING, HANGING);
  const ignore = () => undefined;
  const exporter = createXrayExporter({
    url: `${endpoint}/v1/traces`,
    log: { error: ignore, info: ignore },
    timeoutMs: 500,
  });
  let isDone = false;
  exporter.export([], () => void (isDone = true));
  await exporter.forceFlush?.();
  assert.deepEqual([isDone, received], [true, [SIGNED, SIGNED, SIGNED]]);
});
