/** `SERVICES` runs some of the services: the others have no port, route, queue and place in the console. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCommand } from '../support/command.ts';
import { publisher } from '../support/events.ts';
import { client } from '../support/http.ts';
import { subscribe } from '../support/messaging.ts';
import { depth, openQueues } from '../support/queues.ts';
import { spawnFailing, spawnSystem, type SystemProcess, temporaryFolder } from '../support/process.ts';
import { until } from '../support/until.ts';
import { startDlq } from './dlq.ts';

const DLQ = 'analytics-events-dlq';

/** Names in the console, in the health response and in the list of dead-letter queues. */
async function namesIn({ urls: { gateway, aws }, folder }: SystemProcess) {
  const { call } = client(gateway);
  const about = (await call('GET', '/console/about')).body as { urls: Record<string, string> };
  const health = (await call('GET', '/health')).body as { services: Record<string, boolean> };
  const { stdout } = await startDlq(['list', '--json', '--endpoint', aws], {}, folder).exit;
  const dlqs = (JSON.parse(stdout) as { queue: string }[]).map(({ queue }) => queue);
  return { urls: Object.keys(about.urls), services: Object.keys(health.services), dlqs };
}

for (const args of [[], ['--processes']]) {
  test(`services that are left out do not exist ${args.join('')}`, async () => {
    await using system = await spawnSystem({ SERVICES: 'cart,product', SEED: '0' }, args);
    assert.doesNotMatch(system.output(), /analytics/);
    const { urls, services, dlqs } = await namesIn(system);
    assert.deepEqual(urls.toSorted(), ['aws', 'cart', 'gateway', 'product']);
    assert.deepEqual(services, ['product', 'cart']);
    assert.deepEqual(
      dlqs.filter((queue) => !/^(?:product|cart)-/.test(queue)),
      [],
    );

    const { call, putProduct } = client(system.urls.gateway);
    const missing = await call('GET', '/analytics/funnel');
    assert.deepEqual([missing.status, missing.body['type']], [404, 'urn:tandem:problem:no-such-route']);
    assert.equal((await putProduct('mug')).status, 201);
    assert.equal((await system.stop()).code, 0);
  });
}

test('a service may run alone, and takes the events that others publish; an audit needs both', async () => {
  await using system = await spawnSystem({ SERVICES: 'product', SEED: '0', EPHEMERAL: '1' });
  const { gateway, aws } = system.urls;
  const shop = client(gateway);
  await shop.putProduct('mug', { inventory: 5 });
  const line = { cartId: 'cart-1', userId: null, productId: 'mug', priceAtAdd: 1000, qty: 2, cartVersion: 2 };
  const event = { eventType: 'ProductAddedToCart', ...line, timestamp: new Date().toISOString() };
  await publisher(aws)('cart-events-topic', JSON.stringify(event));
  await until(
    () => shop.product('mug'),
    ({ body }) => body.held === 2,
  );
  assert.equal((await shop.call('POST', '/carts')).status, 404);

  const { code, stderr } = await startCommand('@tandem/audit/main', ['--url', gateway]).exit;
  assert.equal(code, 2);
  assert.match(stderr, /^[^\n]*runs without cart[^\n]*SERVICES[^\n]*\n$/);
});

test('a stored queue of a service that is left out is hidden, and keeps its messages; the queue of another client stays', async () => {
  await using folder = await temporaryFolder();
  const environment = { DATA_DIR: folder.path, SEED: '0' };
  const body = '{"eventType":"CartExpired"}';
  {
    await using all = await spawnSystem(environment);
    using queues = openQueues(all.urls.aws);
    await queues.send(DLQ, { body });
    using _ = await subscribe(all.urls.aws, 'other-queue', ['product-events-topic']);
    assert.equal((await all.stop()).code, 0);
  }
  {
    await using some = await spawnSystem({ ...environment, SERVICES: 'product,cart' });
    const { dlqs } = await namesIn(some);
    assert.ok(!dlqs.includes(DLQ));
    assert.equal((await client(some.urls.gateway).putProduct('mug')).status, 201);
    await assert.rejects(depth(some.urls.aws, 'analytics-events-queue'), /does not exist/);
    await until(
      () => depth(some.urls.aws, 'other-queue'),
      (count) => count > 0,
    );
    assert.equal((await some.stop()).code, 0);
  }
  await using all = await spawnSystem(environment);
  using queues = openQueues(all.urls.aws);
  assert.deepEqual(
    (await queues.receiveAll(DLQ)).map((message) => message.body),
    [body],
  );
});

test('names that are no service are reported in one line', async () => {
  for (const names of ['orders', 'product,orders', ',', 'product,']) {
    const { code, stdout, stderr } = await spawnFailing({ SERVICES: names });
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Invalid configuration: SERVICES: [^\n]*product, cart[^\n]*\n$/);
  }
});
