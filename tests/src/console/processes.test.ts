import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import type { About } from '@tandem/console/protocol';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

test('processes are seen, paused and killed as parts of one process are', async () => {
  const config = readConfig(localConfig, { ...anyPorts, SEED: '0', LOG_LEVEL: 'silent', EPHEMERAL: '1' });
  const system = await startProcesses(config, { environment: { PATH: process.env['PATH'] } });
  try {
    const { gateway } = system.urls;
    const { putProduct, call } = client(gateway);
    const { post, fault } = operator(gateway);
    assert.equal((await call<About>('GET', '/console/about')).body.mode, 'processes');
    await using listening = await listen(gateway);
    await fault('consumerPaused', 'cart', true);
    await putProduct('mug');
    await listening.untilSteps((steps) => steps.some(({ kind }) => kind === 'published'));

    const pid = system.children.cart.pid();
    assert.equal((await post('/kill', { service: 'cart' })).status, 202);
    await until(
      () => system.children.cart.pid(),
      (current) => current !== pid,
    );
    await system.children.cart.ready();
    await listening.untilState(({ services }) => services.cart.isReady);
    const { queues } = await listening.untilState(
      (state) => state.queues['cart-product-updates-queue'].visible > 0,
    );
    assert.equal(queues['cart-product-updates-queue'].inFlight, 0, 'it is told again that it is paused');
    await fault('consumerPaused', 'cart', false);
    await listening.untilSteps((steps) => steps.some(({ kind }) => kind === 'applied'));

    await fault('relayStopped', 'product', true);
    await system.children.gateway.kill('SIGKILL');
    await system.children.gateway.ready();
    await using again = await listen(gateway);
    assert.deepEqual((await again.untilState(() => true)).faults, []);
    await putProduct('cup');
    await again.untilSteps((steps) => steps.some((step) => 'productId' in step && step.productId === 'cup'));

    await fault('relayStopped', 'product', true);
    await putProduct('jug');
    await again.untilState(({ relays }) => relays.product.isHeld);
    const stoppingAt = performance.now();
    await system.stop();
    assert.ok(
      performance.now() - stoppingAt < 5_000,
      'neither a stream nor a relay that is held is waited for',
    );
  } finally {
    await system.stop();
  }
});
