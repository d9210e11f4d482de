import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startFakeCollector } from './fake-collector.ts';
import { startOtel } from './otel.ts';
import type { SpanOptions } from './trace.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const recorded = `00-${traceId}-${parentId}-01`;
// Timeout of the exporter, which retries after the stop. Default: 10 s.
process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '3000';

const ignore = () => undefined;
const log = { warn: ignore, error: ignore, info: ignore };
const serverSpan = (parent?: string): SpanOptions => ({ kind: 'server', parent, attributes: { route: 'a' } });

test('exported spans have the propagated ids and parents', async () => {
  await using collector = await startFakeCollector();
  const otel = startOtel({ serviceName: 'sample', endpoint: `${collector.endpoint}/`, ratio: 1, log });
  const outer = otel.start('GET /a', serverSpan(recorded));
  const inner = otel.start('send topic', { kind: 'producer', parent: outer.traceparent, attributes: {} });
  const root = otel.start('process queue', { kind: 'consumer', parent: 'nonsense', attributes: {} });
  inner.end({ 'messaging.message.id': undefined });
  outer.end({ 'http.response.status_code': 503, 'error.type': '503' });
  root.end();
  await otel.stop();

  const common = { service: 'sample', failed: false, attributes: {} };
  const idOf = ({ traceparent }: { traceparent: string }) => traceparent.slice(36, 52);
  assert.deepEqual(collector.spans, [
    { ...common, name: 'send topic', kind: 'producer', traceId, spanId: idOf(inner), parentId: idOf(outer) },
    {
      ...common,
      name: 'GET /a',
      kind: 'server',
      traceId,
      spanId: idOf(outer),
      parentId,
      failed: true,
      attributes: { route: 'a', 'http.response.status_code': 503, 'error.type': '503' },
    },
    {
      ...common,
      name: 'process queue',
      kind: 'consumer',
      traceId: root.traceparent.slice(3, 35),
      spanId: idOf(root),
      parentId: undefined,
    },
  ]);
});

test('new traces are sampled by the ratio; the sampling decision of a caller is kept', async () => {
  await using collector = await startFakeCollector();
  const otel = startOtel({ serviceName: 'sample', endpoint: collector.endpoint, ratio: 0, log });
  const root = otel.start('new', serverSpan());
  const skipped = otel.start('not sampled', serverSpan(`00-${traceId}-${parentId}-00`));
  const sampled = otel.start('sampled', serverSpan(recorded));
  for (const span of [root, skipped, sampled]) span.end();
  await otel.stop();
  assert.match(root.traceparent, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
  assert.match(skipped.traceparent, new RegExp(`^00-${traceId}-(?!${parentId})[0-9a-f]{16}-00$`));
  assert.match(sampled.traceparent, /-01$/);
  assert.deepEqual(
    collector.spans.map(({ name }) => name),
    ['sampled'],
  );
});

test('a flush exports the ended spans, and recording continues', async () => {
  await using collector = await startFakeCollector();
  const otel = startOtel({ serviceName: 'sample', endpoint: collector.endpoint, ratio: 1, log });
  const names = () => collector.spans.map(({ name }) => name);
  otel.start('first', serverSpan()).end();
  await otel.flush();
  assert.deepEqual(names(), ['first']);
  otel.start('second', serverSpan()).end();
  await otel.stop();
  assert.deepEqual(names(), ['first', 'second']);
});

test('an unreachable or unresponsive collector delays a stop by no more than the timeout, and is logged', async (t) => {
  const unreachable = await startFakeCollector();
  await unreachable[Symbol.asyncDispose]();
  const unresponsive = createServer((socket) => t.after(() => socket.destroy())).listen(0, '127.0.0.1');
  t.after(() => unresponsive.close());
  await once(unresponsive, 'listening');
  const { port } = unresponsive.address() as AddressInfo;

  await Promise.all(
    [unreachable.endpoint, `http://127.0.0.1:${port}`].map(async (endpoint) => {
      const warnings: string[] = [];
      const warn = (_fields: object, message: string) => void warnings.push(message);
      const otel = startOtel({ serviceName: 'sample', endpoint, ratio: 1, log: { ...log, warn } });
      otel.start('lost', serverSpan()).end();
      await otel.stop();
      assert.ok(warnings.includes('spans not exported: timeout after 2000 ms'), warnings.join());
    }),
  );
});
