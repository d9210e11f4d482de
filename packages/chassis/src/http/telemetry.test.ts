import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { registerRequestMetrics } from './hooks.ts';
import { createMetrics } from '../metrics.ts';
import { createRecordingTracer } from '../recording-tracer.ts';
import { currentTraceparent } from '../trace.ts';
import { createSampleApp } from './testing.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

const requests: readonly (InjectOptions | string)[] = [
  '/things/a',
  '/things/b?x=1',
  '/things/missing',
  { method: 'DELETE', url: '/things/a' },
  '/no/such/thing',
  { method: 'POST', url: '/another' },
  '/broken',
  '/health',
  '/ready',
  '/openapi.json',
  '/docs',
];

test('latency is measured by route; requests without a route share a name', async () => {
  const metrics = createMetrics();
  const { app } = await createSampleApp({ metrics });
  app.get('/broken', () => Promise.reject(new Error('a bug')));
  for (const request of requests) await app.inject(request);
  const series = metrics
    .series()
    .filter(({ name }) => name === 'RequestLatency')
    .map(({ name, unit, dimensions: { route }, value }) =>
      [name, unit, route, typeof value === 'number' ? value : value.count].join(' '),
    );
  assert.deepEqual(series, [
    'RequestLatency Milliseconds GET /things/:id 3',
    'RequestLatency Milliseconds unknown 3',
    'RequestLatency Milliseconds GET /broken 1',
  ]);
});

test('slow requests are counted, except on routes that wait by design (F11)', async () => {
  const metrics = createMetrics();
  const { app } = await createSampleApp();
  registerRequestMetrics(app, metrics, 0);
  app.get('/slow', async () => ({}));
  app.get('/waiting', { config: { waits: true } }, async () => ({}));
  for (const url of ['/slow', '/waiting', '/health', '/slow']) await app.inject(url);
  assert.deepEqual(metrics.counts(), { SlowRequests: 2 });
});

test('a request is a span named by its route, in the trace of the client; system routes have no spans', async () => {
  const { tracer, spans } = createRecordingTracer();
  const { app } = await createSampleApp({ tracer });
  app.get('/broken', () => Promise.reject(new Error('a bug')));
  app.get('/trace/:secret', async () => ({ traceparent: currentTraceparent() }));
  const response = await app.inject({ url: '/trace/s3cret?token=s3cret', headers });
  for (const url of ['/broken', '/nothing', '/health', '/docs']) await app.inject({ url, headers });
  assert.deepEqual(
    spans.map(({ name, kind, traceId, parentId, attributes }) => [name, kind, traceId, parentId, attributes]),
    [
      ['GET /trace/:secret', '/trace/:secret', 200, undefined] as const,
      ['GET /broken', '/broken', 500, '500'] as const,
      ['GET', undefined, 404, undefined] as const,
    ].map(([name, route, status, error]) => [
      name,
      'server',
      traceId,
      'b7ad6b7169203331',
      {
        'http.request.method': 'GET',
        'http.route': route,
        'url.scheme': 'http',
        'http.response.status_code': status,
        'error.type': error,
      },
    ]),
  );
  const own = `00-${traceId}-${spans[0]?.spanId}-01`;
  assert.deepEqual([response.json(), response.headers['traceparent']], [{ traceparent: own }, own]);
});

test('the span of a request ends when its client disconnects', { timeout: 10_000 }, async (t) => {
  const { tracer, spans } = createRecordingTracer();
  const { app } = await createSampleApp({ tracer });
  const started = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  app.get('/slow', async (_request, reply) => {
    reply.raw.once('close', closed.resolve);
    started.resolve();
    await closed.promise;
    return {};
  });
  t.after(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /slow HTTP/1.1\r\nHost: any\r\n\r\n');
  await started.promise;
  socket.destroy();
  await closed.promise;
  assert.deepEqual(
    spans.map(({ name, attributes }) => [
      name,
      attributes['error.type'],
      attributes['http.response.status_code'],
    ]),
    [['GET /slow', 'aborted', undefined]],
  );
});
