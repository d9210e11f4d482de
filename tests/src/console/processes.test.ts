import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import type { About } from '@tandem/console/protocol';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

test('the console observes, pauses and kills services in processes as it does in one process', async () => {
  const config = readConfig(localConfig, { ...anyPorts, SEED: '0', LOG_LEVEL: 'silent', EPHEMERAL: '1' });
  const system = await startProcesses(config, { environment: { PATH: process.env['PATH'] } });
  try {
    const { gateway } = system.urls;
    const { putProduct, call } = client(gateway);
    const { post, fault } = operator(gateway);
    assert.equal((await call<About>('GET', '/console/about')).body.mode, 'processes');
    await using stream = await listen(gateway);
    await fault('consumerPaused', 'cart', true);
    await putProduct('mug');
    await stream.untilSteps((steps) => steps.some(({ kind }) => kind === 'published'));

    const pid = system.children.cart.pid();
    assert.equal((await post('/kill', { service: 'cart' })).status, 202);
    await until(
      () => system.children.cart.pid(),
      (current) => current !== pid,
    );
    await system.children.cart.ready();
    await stream.untilState(({ services }) => services.cart.isReady);
    const { queues } = await stream.untilState(
      (state) => state.queues['cart-product-updates-queue'].visible > 0,
    );
    assert.equal(queues['cart-product-updates-queue'].inFlight, 0, 'the restarted process is paused again');
    await fault('consumerPaused', 'cart', false);
    await stream.untilSteps((steps) => steps.some(({ kind }) => kind === 'applied'));

    await fault('relayStopped', 'product', true);
    await system.children.gateway.kill('SIGKILL');
    await system.children.gateway.ready();
    await using newStream = await listen(gateway);
    assert.deepEqual((await newStream.untilState(() => true)).faults, []);
    await putProduct('cup');
    await newStream.untilSteps((steps) =>
      steps.some((step) => 'productId' in step && step.productId === 'cup'),
    );

    await fault('relayStopped', 'product', true);
    await putProduct('jug');
    await newStream.untilState(({ relays }) => relays.product?.isHeld === true);
    const stoppingAt = performance.now();
    await system.stop();
    assert.ok(
      performance.now() - stoppingAt < 5_000,
      'stopping waits neither for streams nor for a relay backlog',
    );
  } finally {
    await system.stop();
  }
});
