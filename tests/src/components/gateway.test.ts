import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { mapServices } from '@tandem/contracts/topology';
import { createForwarding } from '@tandem/local/system/forwarding';
import { startGateway, type Urls } from '@tandem/local/system/gateway';
import { until } from '../support/until.ts';

/** What an instance does with a request: it answers, or breaks the connection, as one does that is killed meanwhile. */
type Conduct = 'answers' | 'breaks';

/** An instance of a service, as far as a gateway can tell. */
async function startInstance(t: TestContext) {
  const instance = { asked: [] as string[], probes: 0, isReady: true, conduct: 'answers' as Conduct };
  const server = createServer(({ method, url, socket }, response) => {
    if (url === '/ready') {
      instance.probes += 1;
      response.writeHead(instance.isReady ? 200 : 503).end();
      return;
    }
    instance.asked.push(`${method} ${url}`);
    if (instance.conduct === 'breaks') socket.destroy();
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

/** A gateway before so many instances of Product, and one of Cart. */
async function startBefore(t: TestContext, count: number) {
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
  /** Which of them get the next requests. */
  const whoIsAsked = async () => {
    const before = instances.map(({ asked }) => asked.length);
    for (let i = 0; i < 2 * count; i++) assert.equal((await send('GET')).status, 200);
    return instances.map(({ asked }, i) => asked.length > (before[i] ?? 0));
  };
  return { gateway, instances, first, second: second ?? first, cart, send, whoIsAsked };
}

const askedOf = (instances: readonly { readonly asked: readonly string[] }[]) =>
  instances.flatMap(({ asked }) => asked);

test('instances take turns, and one that is not ready is left out until it is again', async (t) => {
  const { first, whoIsAsked } = await startBefore(t, 2);
  assert.deepEqual(await whoIsAsked(), [true, true]);
  first.isReady = false;
  await until(whoIsAsked, ([isFirst, isSecond]) => !isFirst && isSecond === true);
  first.isReady = true;
  await until(whoIsAsked, ([isFirst, isSecond]) => isFirst === true && isSecond === true);
});

test('with no ready instance requests go to all of them, as on AWS, and the health check shows it', async (t) => {
  const { instances, first, send, whoIsAsked } = await startBefore(t, 2);
  for (const instance of instances) instance.isReady = false;
  const before = instances.map(({ probes }) => probes);
  await until(
    () => instances.map(({ probes }, i) => probes - (before[i] ?? 0)),
    (since) => since.every((probes) => probes >= 2),
  );
  assert.equal((await send('GET', '/health')).status, 503);
  assert.deepEqual(await whoIsAsked(), [true, true]);
  first.isReady = true;
  const { status, text } = await send('GET', '/health');
  assert.deepEqual([status, JSON.parse(text)], [200, { status: 'ok', services: mapServices(() => true) }]);
});

for (const method of ['GET', 'HEAD']) {
  test(`a ${method} whose instance goes meanwhile is answered by another one`, async (t) => {
    const { instances, first, second, send } = await startBefore(t, 2);
    first.conduct = 'breaks';
    for (let i = 0; i < 4; i++) assert.equal((await send(method)).status, 200);
    assert.ok(first.asked.length > 0);
    assert.equal(second.asked.length, 4);
    for (const instance of instances) instance.conduct = 'breaks';
    const before = askedOf(instances).length;
    assert.equal((await send(method)).status, 503);
    assert.equal(askedOf(instances).length, before + 2);
  });
}

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
  test(`a ${method} whose instance goes meanwhile is sent to no other`, async (t) => {
    const { instances, send } = await startBefore(t, 2);
    for (const instance of instances) instance.conduct = 'breaks';
    const { status, text } = await send(method, '/products/mug?x=1');
    assert.deepEqual([status, JSON.parse(text).type], [503, 'urn:tandem:problem:upstream-unavailable']);
    assert.deepEqual(askedOf(instances), [`${method} /products/mug?x=1`]);
  });
}

test('when one refuses connections reads notice nothing, and then writes neither; with none left it is 503', async (t) => {
  const { first, second, send } = await startBefore(t, 2);
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

test('a single instance gets one request a request, and no readiness probes', async (t) => {
  const { first, send } = await startBefore(t, 1);
  first.isReady = false;
  first.conduct = 'breaks';
  assert.equal((await send('GET')).status, 503);
  assert.equal(first.asked.length, 1);
  first.conduct = 'answers';
  assert.equal((await send('GET')).status, 200);
  assert.equal(first.probes, 0);
});

test('while it drains a gateway still answers, and ends each connection', async (t) => {
  const { gateway, send } = await startBefore(t, 1);
  assert.equal((await send('GET')).headers.get('connection'), 'keep-alive');
  const stopped = gateway.stop(1_000);
  const { status, headers } = await send('GET');
  assert.deepEqual([status, headers.get('connection')], [200, 'close']);
  await stopped;
  await assert.rejects(send('GET'));
});
