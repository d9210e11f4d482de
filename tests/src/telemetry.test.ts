import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type ExportedSpan, startFakeCollector } from '@tandem/chassis/fake-collector';
import type { Metrics } from '@tandem/chassis/metrics';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { REGION, topicArn } from '@tandem/emulators/messaging-config';
import { type CartBody, client } from './support/http.ts';
import { spawnSystem } from './support/process.ts';
import { atRest } from './support/queues.ts';
import { withSystem } from './support/system.ts';
import { until } from './support/until.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpanId = 'b7ad6b7169203331';
const headers = { traceparent: `00-${traceId}-${clientSpanId}-01` };

/** Another subscriber of all events; resolves to a function that receives some: their types with their traceparents. */
async function onlook(endpoint: string): Promise<() => Promise<[type: unknown, traceparent: unknown][]>> {
  const options = { endpoint, region: REGION, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const [sqs, sns] = [new SQSClient(options), new SNSClient(options)];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'onlooker-queue' }));
  for (const topic of Object.keys(topology.topics)) {
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn(topic),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${REGION}:000000000000:onlooker-queue`,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
  }
  return async () => {
    const request = { QueueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    return Messages.map(({ MessageAttributes = {} }) => [
      MessageAttributes['eventType']?.StringValue,
      MessageAttributes['traceparent']?.StringValue,
    ]);
  };
}

/** The span and those that caused it, the last one first. */
function causes(spans: readonly ExportedSpan[], span: ExportedSpan | undefined): ExportedSpan[] {
  if (!span) return [];
  return [
    span,
    ...causes(
      spans,
      spans.find(({ spanId }) => spanId === span.parentId),
    ),
  ];
}

test('an add to a cart is one trace, from the client through both services and back, in the log too', async () => {
  await using collector = await startFakeCollector();
  await using system = await spawnSystem({
    EPHEMERAL: '1',
    SEED: '0',
    LOG_LEVEL: 'info',
    EMF: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  const receive = await onlook(system.urls.aws);
  const { call, putProduct } = client(system.urls.gateway);
  await putProduct('mug', { inventory: 5 });
  // Of the answers that are no error the first is logged, and then one in a hundred.
  const { cartId } = (await call<CartBody>('POST', '/carts', { headers })).body;
  const add = () => call('POST', `/carts/${cartId}/items`, { body: { productId: 'mug', qty: 2 }, headers });
  const added = await until(add, ({ status }) => status === 200);
  const published = new Map<unknown, unknown>();
  await until(
    async () => (await receive()).forEach(([type, traceparent]) => published.set(type, traceparent)),
    () => published.has('ProductUpdated'),
  );
  await atRest(system.urls.aws);
  const { code, stdout } = await system.stop();
  assert.equal(code, 0);

  const spans = collector.spans.filter((span) => span.traceId === traceId);
  const last = spans.find(({ name }) => name === 'process cart-product-updates-queue');
  const path = causes(spans, last).toReversed();
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
  assert.ok(!JSON.stringify(collector.spans).includes(cartId), 'who has the id of a cart may use it');

  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const logged = told.filter((line) => line['traceId'] === traceId).map(({ msg }) => msg);
  const measured = told.filter((line) => '_aws' in line).map(({ service }) => service);
  assert.deepEqual([logged, new Set(measured)], [['request answered'], new Set(serviceNames)]);
});

/** How many values were measured of each metric, by its name, and route where it has one. */
function counted(metrics: Metrics): Record<string, number> {
  const entries = metrics
    .series()
    .map(({ name, dimensions: { route }, value }): [string, number] => [
      route === undefined ? name : `${name} ${route}`,
      typeof value === 'number' ? value : value.count,
    ]);
  return Object.fromEntries(entries);
}

test('events are measured from the change to the publishing and to their application, snapshots are not', async () => {
  await withSystem(async ({ urls, metrics }) => {
    const { call, putProduct, openCart, add } = client(urls.gateway);
    await putProduct('mug', { inventory: 5 });
    const cartId = await openCart();
    await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    await until(
      () => counted(metrics.cart)['PropagationDelay'],
      (count) => Number(count) >= 2,
    );
    await atRest(urls.aws);
    const [ofProduct, ofCart] = [counted(metrics.product), counted(metrics.cart)];
    assert.deepEqual([ofProduct['PropagationDelay'], ofCart['RelayLag']], [1, 1], 'of the add alone');
    assert.ok(Number(ofProduct['RelayLag']) >= 2 && ofCart['PropagationDelay'] === ofProduct['RelayLag']);
    assert.equal(ofProduct['RequestLatency PUT /products/:productId'], 1);
    assert.equal(ofCart['RequestLatency POST /carts/:cartId/items'], 1);

    await call('POST', '/products/snapshots');
    await until(
      () => counted(metrics.cart)['ConsumerBatchSize'],
      (batches) => batches !== ofCart['ConsumerBatchSize'],
    );
    await atRest(urls.aws);
    assert.equal(counted(metrics.cart)['PropagationDelay'], ofCart['PropagationDelay']);
  });
});
