import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { mapServices } from '@tandem/contracts/topology';
import { createForwarding } from '@tandem/local/system/forwarding';
import { startGateway, type Urls } from '@tandem/local/system/gateway';
import { until } from '../support/until.ts';

/** Behaviour of an instance: it responds, and then may close the connection; or it closes it without a response, as one that is killed. */
type Behaviour = 'respond' | 'respond-and-close' | 'disconnect';

/** Starts a stub of a service's instance. */
async function startInstance(t: TestContext) {
  const instance = {
    requests: [] as string[],
    probes: 0,
    isReady: true,
    isSilent: false,
    behaviour: 'respond' as Behaviour,
  };
  const server = createServer(({ method, url, socket }, response) => {
    if (url === '/ready') {
      instance.probes += 1;
      if (!instance.isSilent) response.writeHead(instance.isReady ? 200 : 503).end();
      return;
    }
    if (instance.behaviour === 'respond-and-close') response.setHeader('connection', 'close');
    instance.requests.push(`${method} ${url}`);
    if (instance.behaviour === 'disconnect') socket.destroy();
    else response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    if (server.listening) await once(server, 'close');
  };
  t.after(stop);
  return Object.assign(instance, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Refuses connections from now on. */
    stop,
  });
}

/** Starts a gateway with a number of instances of Product, and one of Cart. */
async function startGatewayOf(t: TestContext, count: number) {
  const instances = await Promise.all(Array.from({ length: count }, async () => startInstance(t)));
  const cart = await startInstance(t);
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    upstreams: {
      ...mapServices((): Urls => [cart.url]),
      product: instances.map(({ url }) => url) as unknown as Urls,
    },
    forwarding: createForwarding(),
    load: { maxInFlight: 32, maxWaiting: 400 },
  });
  t.after(() => gateway.stop());
  const send = async (method: string, path = '/products') => {
    const response = await fetch(gateway.url + path, { method });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const [first, second] = instances;
  assert.ok(first);
  /** Whether each instance of Product receives some of the next requests. */
  const receiving = async () => {
    const before = instances.map(({ requests }) => requests.length);
    for (let i = 0; i < 2 * count; i++) assert.equal((await send('GET')).status, 200);
    return instances.map(({ requests }, i) => requests.length > (before[i] ?? 0));
  };
  return { gateway, instances, first, second: second ?? first, cart, send, receiving };
}

const requestsTo = (instances: readonly { readonly requests: readonly string[] }[]) =>
  instances.flatMap(({ requests }) => requests);

test('requests alternate between instances, apart from those that are not ready', async (t) => {
  const { first, receiving } = await startGatewayOf(t, 2);
  assert.deepEqual(await receiving(), [true, true]);
  first.isReady = false;
  await until(receiving, ([isFirst, isSecond]) => !isFirst && isSecond === true);
  first.isReady = true;
  await until(receiving, ([isFirst, isSecond]) => isFirst === true && isSecond === true);
});

test('without a ready instance all receive requests, as on AWS, and the health check fails', async (t) => {
  const { instances, first, send, receiving } = await startGatewayOf(t, 2);
  for (const instance of instances) instance.isReady = false;
  const before = instances.map(({ probes }) => probes);
  await until(
    () => instances.map(({ probes }, i) => probes - (before[i] ?? 0)),
    (since) => since.every((probes) => probes >= 2),
  );
  assert.equal((await send('GET', '/health')).status, 503);
  assert.deepEqual(await receiving(), [true, true]);
  first.isReady = true;
  const { status, text } = await send('GET', '/health');
  assert.deepEqual([status, JSON.parse(text)], [200, { status: 'ok', services: mapServices(() => true) }]);
});

test('a write goes to an instance that is too busy for readiness checks rather than to one that is gone', async (t) => {
  const { first, second, send } = await startGatewayOf(t, 2);
  second.isSilent = true;
  await first.stop();
  // All requests that fail on a lost connection mark the instance; a retried read does so here.
  for (let i = 0; i < 2; i++) assert.equal((await send('GET')).status, 200);
  const before = second.probes;
  await until(
    () => second.probes - before,
    (probes) => probes >= 2,
  );
  for (let i = 0; i < 6; i++) assert.equal((await send('POST')).status, 200);
});

test('an instance that closes a connection is checked at once, as it may be stopping', async (t) => {
  const { first, second, send } = await startGatewayOf(t, 2);
  first.behaviour = 'respond-and-close';
  for (let i = 0; i < 20; i++) assert.equal((await send('POST')).status, 200);
  // Both have the same regular checks.
  await until(
    () => first.probes - second.probes,
    (more) => more >= 8,
  );
});

for (const method of ['GET', 'HEAD']) {
  test(`a ${method} whose connection is lost is retried at another instance, once`, async (t) => {
    const { instances, first, second, send } = await startGatewayOf(t, 2);
    first.behaviour = 'disconnect';
    for (let i = 0; i < 4; i++) assert.equal((await send(method)).status, 200);
    assert.ok(first.requests.length > 0);
    assert.equal(second.requests.length, 4);
    for (const instance of instances) instance.behaviour = 'disconnect';
    const before = requestsTo(instances).length;
    assert.equal((await send(method)).status, 503);
    assert.equal(requestsTo(instances).length, before + 2);
  });
}

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
  test(`a ${method} whose connection is lost is not retried`, async (t) => {
    const { instances, send } = await startGatewayOf(t, 2);
    for (const instance of instances) instance.behaviour = 'disconnect';
    const { status, text } = await send(method, '/products/mug?x=1');
    assert.deepEqual([status, JSON.parse(text).type], [503, 'urn:tandem:problem:upstream-unavailable']);
    assert.deepEqual(requestsTo(instances), [`${method} /products/mug?x=1`]);
  });
}

test('when an instance refuses connections, no request fails; without an instance the response is 503', async (t) => {
  const { first, second, send } = await startGatewayOf(t, 2);
  await first.stop();
  for (let i = 0; i < 4; i++) assert.equal((await send('GET')).status, 200);
  for (let i = 0; i < 4; i++) assert.equal((await send('POST')).status, 200);
  await second.stop();
  for (const method of ['GET', 'POST']) {
    const { status, text } = await send(method);
    assert.deepEqual([status, JSON.parse(text).type], [503, 'urn:tandem:problem:upstream-unavailable']);
  }
  assert.equal((await send('GET', '/health')).status, 503);
});

test('a single instance gets no retries and no readiness probes', async (t) => {
  const { first, send } = await startGatewayOf(t, 1);
  first.isReady = false;
  first.behaviour = 'disconnect';
  assert.equal((await send('GET')).status, 503);
  assert.equal(first.requests.length, 1);
  first.behaviour = 'respond-and-close';
  for (let i = 0; i < 3; i++) assert.equal((await send('GET')).status, 200);
  assert.equal(first.probes, 0);
});

test('while a gateway drains, it responds to requests and closes each connection', async (t) => {
  const { gateway, send } = await startGatewayOf(t, 1);
  assert.equal((await send('GET')).headers.get('connection'), 'keep-alive');
  const stopped = gateway.stop(1_000);
  const { status, headers } = await send('GET');
  assert.deepEqual([status, headers.get('connection')], [200, 'close']);
  await stopped;
  await assert.rejects(send('GET'));
});
