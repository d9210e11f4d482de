import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExportedSpan, startFakeCollector } from '@tandem/chassis/fake-collector';
import type { Metrics } from '@tandem/chassis/metrics';
import { serviceNames, type TopicName, topology } from '@tandem/contracts/topology';
import { type CartBody, client } from './support/http.ts';
import { attributesOf, subscribe } from './support/messaging.ts';
import { spawnSystem } from './support/process.ts';
import { atRest } from './support/queues.ts';
import { withSystem } from './support/system.ts';
import { until } from './support/until.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpanId = 'b7ad6b7169203331';
const headers = { traceparent: `00-${traceId}-${clientSpanId}-01` };

/** A span and its ancestors, from the span to its root. */
function ancestorsOf(spans: readonly ExportedSpan[], span: ExportedSpan | undefined): ExportedSpan[] {
  if (!span) return [];
  return [
    span,
    ...ancestorsOf(
      spans,
      spans.find(({ spanId }) => spanId === span.parentId),
    ),
  ];
}

test('an add to a cart is one trace through both services and back to Cart, and its log lines have the trace id', async () => {
  await using collector = await startFakeCollector();
  await using system = await spawnSystem({
    EPHEMERAL: '1',
    SEED: '0',
    LOG_LEVEL: 'info',
    EMF: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  using subscription = await subscribe(
    system.urls.aws,
    'subscriber-queue',
    Object.keys(topology.topics) as TopicName[],
  );
  const { call, putProduct } = client(system.urls.gateway);
  await putProduct('mug', { inventory: 5 });
  // The first response without an error is logged, and then one in a hundred.
  const { cartId } = (await call<CartBody>('POST', '/carts', { headers })).body;
  const add = () => call('POST', `/carts/${cartId}/items`, { body: { productId: 'mug', qty: 2 }, headers });
  const added = await until(add, ({ status }) => status === 200);
  const published = new Map<string | undefined, string | undefined>();
  await until(
    async () => {
      for (const { eventType, traceparent } of (await subscription.receiveAll()).map(attributesOf))
        published.set(eventType, traceparent);
    },
    () => published.has('ProductUpdated'),
  );
  await atRest(system.urls.aws);
  const { code, stdout } = await system.stop();
  assert.equal(code, 0);

  const spans = collector.spans.filter((span) => span.traceId === traceId);
  const last = spans.find(({ name }) => name === 'process cart-product-updates-queue');
  const path = ancestorsOf(spans, last).toReversed();
  assert.deepEqual(
    path.map(({ service, kind, name }) => `${String(service)} ${kind} ${name}`),
    [
      'cart server POST /carts/:cartId/items',
      'cart producer send cart-events-topic',
      'product consumer process product-cart-events-queue',
      'product producer send product-events-topic',
      'cart consumer process cart-product-updates-queue',
    ],
  );
  assert.equal(path[0]?.parentId, clientSpanId);
  assert.equal(added.headers.get('traceparent'), `00-${traceId}-${path[0].spanId}-01`);
  assert.equal(published.get('ProductAddedToCart'), `00-${traceId}-${path[1]?.spanId}-01`);
  assert.match(String(published.get('ProductUpdated')), new RegExp(`^00-${traceId}-`));
  assert.ok(!JSON.stringify(collector.spans).includes(cartId), 'a cart id grants access');

  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const logLines = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const logged = logLines.filter((line) => line['traceId'] === traceId).map(({ msg }) => msg);
  const measured = logLines.filter((line) => '_aws' in line).map(({ service }) => service);
  assert.deepEqual([logged, new Set(measured)], [['request completed'], new Set(serviceNames)]);
});

/** Number of values of each metric, by its name and route. */
function valueCounts(metrics: Metrics): Record<string, number> {
  const entries = metrics
    .series()
    .map(({ name, dimensions: { route }, value }): [string, number] => [
      route === undefined ? name : `${name} ${route}`,
      typeof value === 'number' ? value : value.count,
    ]);
  return Object.fromEntries(entries);
}

test('relay lag and propagation delay are measured for events, but not for snapshots', async () => {
  await withSystem(async ({ urls, metrics }) => {
    const { call, putProduct, openCart, add } = client(urls.gateway);
    await putProduct('mug', { inventory: 5 });
    const cartId = await openCart();
    await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    await until(
      () => valueCounts(metrics.cart)['PropagationDelay'],
      (count) => Number(count) >= 2,
    );
    await atRest(urls.aws);
    const [productCounts, cartCounts] = [valueCounts(metrics.product), valueCounts(metrics.cart)];
    assert.deepEqual([productCounts['PropagationDelay'], cartCounts['RelayLag']], [1, 1], 'of the add only');
    assert.ok(
      Number(productCounts['RelayLag']) >= 2 && cartCounts['PropagationDelay'] === productCounts['RelayLag'],
    );
    assert.equal(productCounts['RequestLatency PUT /products/:productId'], 1);
    assert.equal(cartCounts['RequestLatency POST /carts/:cartId/items'], 1);

    await call('POST', '/products/snapshots');
    await until(
      () => valueCounts(metrics.cart)['ConsumerBatchSize'],
      (batches) => batches !== cartCounts['ConsumerBatchSize'],
    );
    await atRest(urls.aws);
    assert.equal(valueCounts(metrics.cart)['PropagationDelay'], cartCounts['PropagationDelay']);
  });
});
