import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MetricsHistory, type Opened, OWN_READ, type StepPage } from '@tandem/console/protocol';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

test('the writes of a table are those of requests and of consumers (N1)', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { putProduct, openCart, add } = client(gateway);
    await using stream = await listen(gateway);
    await putProduct('mug', { inventory: 50 });
    const cartId = await openCart();
    await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    const isAtRest = (writes: number) =>
      stream.untilState(
        ({ tables, queues }) =>
          (tables.products?.writes ?? 0) >= writes &&
          Object.values(queues).every(
            ({ visible, inFlight, oldestMs }) => visible + inFlight + oldestMs === 0,
          ),
      );
    const before = await isAtRest(2);
    for (let i = 0; i < 3; i += 1) assert.equal((await add(cartId, 'mug', 1)).status, 200);
    const { tables, traffic } = await isAtRest((before.tables.products?.writes ?? 0) + 3);
    assert.deepEqual(traffic.requests.product, before.traffic.requests.product, 'no request of Product');
    assert.ok((tables.products?.writes ?? 0) >= (before.tables.products?.writes ?? 0) + 3);
    assert.ok((tables.carts?.writes ?? 0) >= (before.tables.carts?.writes ?? 0) + 3);
    assert.ok((tables.analytics?.writes ?? 0) > 0);
  }));

test('a stream names the last step before the connection (N2), and earlier steps are read by page', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { call } = client(gateway);
    for (let i = 0; i < 300; i += 1) await call('GET', '/products/none');
    await using stream = await listen(gateway);
    await stream.untilState(() => true);
    const opened = JSON.parse(/^event: opened\ndata: (.*)$/m.exec(stream.text())?.[1] ?? '') as Opened;
    assert.equal(stream.steps.length, 200);
    assert.ok(opened.number >= 300);
    const ids = [...stream.text().matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
    assert.equal(ids.at(-1), `${opened.epoch}.${opened.number}`);
    const first = Number(ids[0]?.split('.')[1]);
    const recent = (query: string) => call<StepPage>('GET', `/console/events/recent?${query}`);
    const { body: earlier } = await recent(`before=${first}&limit=60`);
    assert.deepEqual(
      earlier.steps.map(({ number }) => number),
      Array.from({ length: 60 }, (_, i) => first - 60 + i),
    );
    assert.equal(earlier.epoch, opened.epoch);
    assert.equal((await recent(`after=${opened.number - 5}`)).body.steps.length, 5);
    assert.equal((await recent('limit=5000')).status, 400);
  }));

test('the requests that the console makes for itself are not counted (N8)', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { call } = client(gateway);
    await call('GET', '/products', { headers: { [OWN_READ]: '1' } });
    await call('GET', '/products');
    await call('POST', '/carts', { headers: { [OWN_READ]: '1' } });
    await using stream = await listen(gateway);
    const { traffic } = await stream.untilState(({ traffic }) => traffic.requests.cart.writes > 0);
    assert.equal(traffic.requests.product.reads, 1);
    assert.equal(stream.steps.filter(({ kind }) => kind === 'request').length, 2);
  }));

test('a change of a fault is sent at once; a killed service is away until it is back (M13)', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { post, fault } = operator(gateway);
    await using stream = await listen(gateway);
    await stream.untilState(() => true);
    await fault('consumerPaused', 'cart', true);
    const paused = await stream.untilState(({ faults }) => faults.length === 1);
    await fault('consumerPaused', 'cart', false);
    await post('/kill', { service: 'cart' });
    const away = await stream.untilState(({ kills }) => kills.length === 1);
    assert.ok(away.at - paused.at < 900, 'before the state that is sent each second');
    const [kill] = away.kills;
    assert.equal(kill?.service, 'cart');
    assert.equal((kill?.backAt ?? 0) - (kill?.at ?? 0), 3_000);
    await stream.untilState(({ services }) => !services.cart.isReady);
    const back = await stream.untilState(({ kills }) => kills.length === 0);
    assert.ok(back.services.cart.isReady);
    assert.ok(back.at - (kill?.at ?? 0) > 2_500);
    const { body } = await client(gateway).call<MetricsHistory>('GET', '/console/metrics?minutes=1');
    assert.deepEqual(
      body.marks.map(({ service, action, isOn }) => [service, action, isOn]),
      [
        ['cart', 'consumerPaused', true],
        ['cart', 'consumerPaused', false],
        ['cart', 'kill', undefined],
      ],
    );
    assert.equal((await client(gateway).call('GET', '/console/metrics?minutes=16')).status, 400);
  }));
