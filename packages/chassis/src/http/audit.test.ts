import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { errors } from 'jose';
import { DomainError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import type { Authenticator } from './auth.ts';
import { createSampleApp } from './testing.ts';

const SECRET = 'eyJhbGciOiJFUzI1NiJ9.secret';
const thing = { name: 'Mug', price: 1200 };
const auth: Authenticator = {
  async authenticate(authorization) {
    const name = authorization?.replace('Bearer ', '');
    if (name === undefined) return undefined;
    if (name === 'editor') return { subject: 'editor', scopes: new Set(['things:write']) };
    if (name === 'reader') return { subject: 'reader', scopes: new Set() };
    const cause = new errors.JWTClaimValidationFailed('secret', { sub: SECRET }, 'aud', 'check_failed');
    throw new DomainError('unauthenticated', 'invalid-token', 'The token is not valid', { cause });
  },
};

async function auditedApp() {
  const metrics = createMetrics();
  const { app, logLines } = await createSampleApp({ auth, metrics });
  app.get('/carts/:id', { config: { authenticated: true } }, async () => ({}));
  app.post('/batches', { config: { scope: 'things:write' } }, async (request, reply) => {
    request.audit = { resource: 'batch-7', version: 3, counts: { created: 2 } };
    reply.header('idempotent-replayed', 'true');
    return {};
  });
  return {
    app,
    metrics,
    lines: () =>
      logLines.filter(({ audit }) => audit === true).map(({ time: _, name: __, ...fields }) => fields),
  };
}

async function untilWritten(lines: () => readonly unknown[]): Promise<void> {
  const deadline = AbortSignal.timeout(5_000);
  for (; lines().length === 0; deadline.throwIfAborted())
    await new Promise((resolve) => setImmediate(resolve));
}

const headers = (name?: string) => ({
  'x-request-id': 'request-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ...(name === undefined ? {} : { authorization: `Bearer ${name}` }),
});
const common = {
  audit: true,
  requestId: 'request-1',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  client: '127.0.0.1',
};

test('each write that a scope authorizes has a line, whatever its status; reads have none (security 10)', async () => {
  const { app, lines } = await auditedApp();
  const put = (id: string, body: object) =>
    app.inject({ method: 'PUT', url: `/things/${id}?secret=1`, headers: headers('editor'), payload: body });
  for (let i = 0; i < 20; i++) await put('mug', thing);
  await put('cup', {});
  await app.inject({ method: 'POST', url: '/batches', headers: headers('editor') });
  await app.inject({ url: '/things/mug', headers: headers('editor') });
  const write = { ...common, level: 'info', msg: 'write', subject: 'editor', action: 'PUT /things/:id' };
  assert.deepEqual(lines(), [
    ...Array.from({ length: 20 }, () => ({ ...write, resource: 'mug', status: 200 })),
    { ...write, resource: 'cup', status: 400, reason: 'invalid-input' },
    {
      ...write,
      action: 'POST /batches',
      resource: 'batch-7',
      version: 3,
      counts: { created: 2 },
      replayed: true,
      status: 200,
    },
  ]);
});

test('each 401 and 403 has a line with its reason, without a token or the path of a cart (security 10)', async () => {
  const { app, metrics, lines } = await auditedApp();
  await app.inject({ method: 'PUT', url: '/things/mug', headers: headers() });
  await app.inject({ method: 'PUT', url: '/things/mug', headers: headers('reader') });
  await app.inject({ url: '/carts/guest-secret', headers: headers(SECRET) });
  await app.inject({ url: '/nowhere/guest-secret', headers: headers(SECRET) });
  const rejected = { ...common, level: 'info', msg: 'request rejected' };
  const put = { ...rejected, action: 'PUT /things/:id', resource: 'mug' };
  assert.deepEqual(lines(), [
    { ...put, status: 401, reason: 'token-missing' },
    { ...put, status: 403, subject: 'reader', reason: 'insufficient-scope' },
    {
      ...rejected,
      action: 'GET /carts/:id',
      status: 401,
      reason: 'invalid-token: ERR_JWT_CLAIM_VALIDATION_FAILED aud',
    },
  ]);
  assert.equal(metrics.counts()['TokensRejected'], 1);
});

test('a flood of rejected requests has ten lines and a count of the others (security 10)', async () => {
  const { app, metrics, lines } = await auditedApp();
  for (let i = 0; i < 100; i++) await app.inject({ url: '/things', headers: headers(`token-${i}`) });
  await app.inject({ method: 'PUT', url: '/things/mug', headers: headers('editor'), payload: thing });
  await app.close();
  assert.equal(lines().filter(({ msg }) => msg === 'request rejected').length, 10);
  assert.equal(lines().filter(({ msg }) => msg === 'write').length, 1);
  assert.deepEqual(lines().at(-1), {
    audit: true,
    level: 'warn',
    msg: 'further requests were rejected',
    suppressed: 90,
    clients: { '127.0.0.1': 100 },
  });
  assert.equal(metrics.counts()['TokensRejected'], 100);
});

test('a write whose client disconnects before the response has a line (security 10)', async (t) => {
  const { app, lines } = await auditedApp();
  const started = Promise.withResolvers<void>();
  const disconnected = Promise.withResolvers<void>();
  app.post('/slow', { config: { scope: 'things:write' } }, async (request, reply) => {
    started.resolve();
    await disconnected.promise;
    request.audit = { resource: 'mug', version: 2 };
    return reply.send({});
  });
  app.server.on('request', (_request, response) => response.once('close', disconnected.resolve));
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer editor\r\n\r\n');
  await started.promise;
  socket.resetAndDestroy();
  await disconnected.promise;
  await untilWritten(lines);
  const [{ action, resource, version } = {}] = lines();
  assert.deepEqual({ action, resource, version }, { action: 'POST /slow', resource: 'mug', version: 2 });
});

test('a write that stops reading its body midway has a line with its client, and does not end the process', async (t) => {
  const { app, lines } = await auditedApp();
  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  app.post('/streams', { config: { scope: 'things:write' } }, async ({ body }) => {
    for await (const _ of body as AsyncIterable<Buffer>)
      throw new DomainError('unavailable', 'database-unavailable', 'The database is unavailable');
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const response = await fetch(`${url}/streams`, {
    method: 'POST',
    headers: { ...headers('editor'), 'content-type': 'application/x-ndjson' },
    body: '{}\n',
  });
  assert.equal(response.status, 503);
  await response.text();
  await untilWritten(lines);
  const [{ status, client } = {}] = lines();
  assert.deepEqual({ status, client }, { status: 503, client: '127.0.0.1' });
});

test('audit lines are written at any log level but silent', async () => {
  for (const level of ['fatal', 'silent'] as const) {
    const written: string[] = [];
    const logger = createLogger({
      name: 'test',
      level,
      destination: { write: (line) => written.push(line) },
    });
    const { app } = await createSampleApp({ auth, logger });
    await app.inject({ method: 'PUT', url: '/things/mug', headers: headers('editor'), payload: thing });
    assert.equal(written.length, level === 'silent' ? 0 : 1);
  }
});
