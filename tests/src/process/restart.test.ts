import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { type CartBody, client } from '../support/http.ts';
import { openClients } from '../support/messaging.ts';
import { spawnSystem, temporaryFolder } from '../support/process.ts';
import { atRest, deadLetterCount, depth } from '../support/queues.ts';
import { until } from '../support/until.ts';

const QUEUE = 'cart-product-updates-queue';
const DEAD_LETTER_QUEUE = 'cart-product-updates-dlq';

/** Opens a queue to send and receive single messages. */
function openQueue(endpoint: string, name: string) {
  const { sqs, [Symbol.dispose]: dispose } = openClients(endpoint);
  const QueueUrl = queueUrl(endpoint, name);
  return {
    send: async (body: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body })),
    /** Receives one message and keeps it invisible for an hour. */
    receive: async () => {
      const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 3600 }));
      return received.Messages?.[0]?.Body;
    },
    [Symbol.dispose]: dispose,
  };
}

/** Creates a varied state: changed and deleted products, a cart, unavailable lines. */
async function createState(gateway: string): Promise<{ cartId: string }> {
  const api = client(gateway);
  for (const id of ['mug', 'bowl', 'gone']) assert.equal((await api.putProduct(id)).status, 201);
  const cartId = await api.openCart();
  for (const id of ['mug', 'bowl', 'gone']) {
    await until(
      async () => (await api.add(cartId, id, 2)).status,
      (status) => status === 200,
    );
  }
  const patch = { body: { price: 1250 } };
  assert.equal((await api.call('PATCH', '/products/mug', patch)).status, 200);
  assert.equal((await api.call('DELETE', '/products/gone')).status, 204);
  return { cartId };
}

async function stateOf(gateway: string, cartId: string) {
  const api = client(gateway);
  const { body: products } = await api.call('GET', '/products?ids=mug,bowl,gone');
  const { body: cart } = await api.cart(cartId);
  return { products, cart };
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`products, carts and undelivered messages survive ${signal} and a start on other ports`, async () => {
    await using folder = await temporaryFolder();
    await using first = await spawnSystem({ DATA_DIR: folder.path, SEED: '0' });
    const { cartId } = await createState(first.urls.gateway);
    using deadLetters = openQueue(first.urls.aws, DEAD_LETTER_QUEUE);
    await deadLetters.send('first');
    await deadLetters.send('second');
    assert.equal(await deadLetters.receive(), 'first');
    await atRest(first.urls.aws);
    const before = await until(
      async () => stateOf(first.urls.gateway, cartId),
      ({ cart }) =>
        cart.items.map(({ availability }) => availability).join() === 'available,available,unavailable',
    );
    await first.stop(signal);

    await using second = await spawnSystem({ DATA_DIR: folder.path, SEED: '0' });
    assert.notEqual(second.urls.gateway, first.urls.gateway);
    assert.deepEqual(await stateOf(second.urls.gateway, cartId), before);

    using stored = openQueue(second.urls.aws, DEAD_LETTER_QUEUE);
    assert.equal(await depth(second.urls.aws, DEAD_LETTER_QUEUE), 2);
    assert.deepEqual(new Set([await stored.receive(), await stored.receive()]), new Set(['first', 'second']));

    const api = client(second.urls.gateway);
    assert.equal((await api.call('PATCH', '/products/bowl', { body: { price: 1300 } })).status, 200);
    await until(
      async () => (await api.cart(cartId)).body,
      (cart: CartBody) =>
        cart.items.some(({ productId, currentPrice }) => productId === 'bowl' && currentPrice === 1300),
    );
    await atRest(second.urls.aws);
    assert.equal(await deadLetterCount(second.urls.aws), 2);
  });
}

test('a message that fails schema validation is dead-lettered with stored messages, and survives every restart', async () => {
  await using folder = await temporaryFolder();
  const environment = { DATA_DIR: folder.path, LOG_LEVEL: 'silent' };
  const invalid = (productId: string) => JSON.stringify({ eventType: 'ProductUpdated', productId });

  for (const [earlier, productId] of ['mug', 'bowl'].entries()) {
    await using system = await spawnSystem(environment);
    assert.equal(await depth(system.urls.aws, DEAD_LETTER_QUEUE), earlier);
    using incoming = openQueue(system.urls.aws, QUEUE);
    await incoming.send(invalid(productId));
    await until(
      async () => depth(system.urls.aws, DEAD_LETTER_QUEUE),
      (messages) => messages === earlier + 1,
    );
    await system.stop();
  }
  await using last = await spawnSystem(environment);
  using stored = openQueue(last.urls.aws, DEAD_LETTER_QUEUE);
  assert.deepEqual(
    new Set([await stored.receive(), await stored.receive()]),
    new Set([invalid('mug'), invalid('bowl')]),
  );
});
