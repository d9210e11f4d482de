import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapServicesAsync, onlyQueueOf, type ServiceName } from '@tandem/contracts/topology';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { assemble } from '@tandem/local/system/assemble';
import type { ServiceFunction } from '@tandem/runtime/function';
import { assemblyOptions } from '../support/assembly.ts';
import { client } from '../support/http.ts';
import { startMessaging, subscribe } from '../support/messaging.ts';
import { deadLetterCount, openQueues } from '../support/queues.ts';
import { until } from '../support/until.ts';
import { openFunction, throughLoadBalancer } from './functions.ts';
import { invokeWithBatch, startLambdaPoller } from './lambda-poller.ts';

const traceId = '0123456789abcdef0123456789abcdef';
const traceparent = `00-${traceId}-0123456789abcdef-01`;

/** Opens all services as functions, with their relays. Nothing polls their queues yet. */
async function openSystem(stack: AsyncDisposableStack) {
  const { endpoint } = stack.use(await startMessaging());
  const queues = stack.use(openQueues(endpoint));
  const assemblies = stack.use(await assemble(assemblyOptions(endpoint)));
  const functions = await mapServicesAsync(async (service) =>
    stack.use(await openFunction(assemblies[service])),
  );
  const pollerOf = (
    service: ServiceName,
    consume: ServiceFunction['consume'] = functions[service].consume,
  ) => ({
    sqs: queues.sqs,
    queueUrl: queueUrl(endpoint, onlyQueueOf(service)),
    consume,
  });
  const clientOf = (service: ServiceName) =>
    client('https://shop.example', false, throughLoadBalancer(functions[service].serve));
  return { endpoint, queues, assemblies, functions, pollerOf, clientOf };
}

/** Fails one in three events, chosen anew at each receive. */
function withFailures(consume: ServiceFunction['consume']): ServiceFunction['consume'] {
  let records = 0;
  return async (event, context) => {
    const failed = event.Records.filter(() => records++ % 3 === 1);
    const kept = { Records: event.Records.filter((record) => !failed.includes(record)) };
    const { batchItemFailures } = await consume(kept, context);
    return {
      batchItemFailures: [
        ...batchItemFailures,
        ...failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
      ],
    };
  };
}

test('a shop works whose services run as functions, with partial failures of their batches', async () => {
  await using stack = new AsyncDisposableStack();
  const { endpoint, assemblies, functions, pollerOf, clientOf } = await openSystem(stack);
  for (const service of ['product', 'cart', 'analytics'] as const) {
    assemblies[service].startRelay();
    const poller = startLambdaPoller({
      ...pollerOf(service, withFailures(functions[service].consume)),
      visibilityTimeout: 1,
    });
    stack.defer(() => poller.stop());
  }
  const [product, cart] = [clientOf('product'), clientOf('cart')];
  assert.equal((await product.putProduct('mug', { inventory: 5 })).status, 201);
  const cartId = await cart.openCart();
  await cart.fill(cartId, { mug: 2 });
  await cart.untilHeld(cartId);
  const { body: held } = await product.product('mug');
  assert.deepEqual([held.onHand, held.held], [5, 2]);
  const order = await cart.checkOut(cartId);
  assert.equal(order.status, 200, order.text);
  await until(
    () => product.product('mug'),
    ({ body }) => body.onHand === 3 && body.held === 0,
  );
  assert.equal(await deadLetterCount(endpoint), 0);
});

test("a trace continues through a function's queue, its table and its relay", async () => {
  await using stack = new AsyncDisposableStack();
  const { endpoint, queues, assemblies, pollerOf, clientOf } = await openSystem(stack);
  const published = stack.use(
    await subscribe(endpoint, 'observer-queue', ['product-events-topic'], ['ProductUpdated']),
  );
  assemblies.product.startRelay();
  await clientOf('product').putProduct('mug');
  const request = {
    eventType: 'InventoryReservationRequested',
    cartId: 'c1',
    userId: null,
    items: [{ productId: 'mug', qty: 2 }],
    timestamp: new Date().toISOString(),
    cartVersion: 2,
  };
  await queues.send(onlyQueueOf('product'), {
    body: JSON.stringify(request),
    attributes: { traceparent },
  });
  assert.deepEqual(await invokeWithBatch(pollerOf('product')), { messages: 1, failures: 0 });
  const [message] = await until(
    () => published.receiveAll(),
    ({ length }) => length > 0,
  );
  assert.equal(message?.MessageAttributes?.['traceparent']?.StringValue?.slice(3, 35), traceId);
});

test('a poison message reaches the dead-letter queue after five invocations, and its neighbours are applied', async () => {
  await using stack = new AsyncDisposableStack();
  const { endpoint, queues, pollerOf, clientOf } = await openSystem(stack);
  const queue = onlyQueueOf('cart');
  const product = {
    eventType: 'ProductCreated',
    productId: 'mug',
    name: 'Mug',
    price: 1000,
    currency: 'EUR',
    inventory: 5,
    version: 1,
    updatedAt: new Date().toISOString(),
  };
  const bodies = ['no JSON', JSON.stringify(product), JSON.stringify({ eventType: 'ProductReviewed' })];
  await queues.send(queue, ...bodies.map((body) => ({ body })));
  const poller = startLambdaPoller({ ...pollerOf('cart'), visibilityTimeout: 1 });
  stack.defer(() => poller.stop());
  await until(
    () => deadLetterCount(endpoint),
    (messages) => messages === 1,
  );
  assert.deepEqual(poller.invocations, [
    { messages: 3, failures: 1 },
    ...Array.from({ length: 4 }, () => ({ messages: 1, failures: 1 })),
  ]);
  const cart = clientOf('cart');
  assert.equal((await cart.add(await cart.openCart(), 'mug', 1)).status, 200);
});
