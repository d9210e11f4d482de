import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import type { About, State, Step, TraceDetail } from '@tandem/console/protocol';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { inherited } from '../support/command.ts';
import { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

test('the console observes, pauses and kills services in processes as it does in one process', async () => {
  const config = readConfig(localConfig, { ...anyPorts, SEED: '0', LOG_LEVEL: 'silent', EPHEMERAL: '1' });
  const system = await startProcesses(config, { environment: inherited });
  try {
    const { gateway } = system.urls;
    const { putProduct, call } = client(gateway);
    const { post, fault } = operator(gateway);
    assert.equal((await call<About>('GET', '/console/about')).body.mode, 'processes');
    await using stream = await listen(gateway);
    await fault('consumerPaused', 'cart', true);
    await putProduct('mug');
    // A call of the consumer that was in progress when it was paused returns what it gets.
    const isWaiting = ({ queues }: State) => {
      const { visible, inFlight } = queues['cart-product-updates-queue'];
      return visible > 0 && inFlight === 0;
    };
    await stream.untilState(isWaiting);

    const pid = system.children.cart.pid();
    assert.equal((await post('/kill', { service: 'cart' })).status, 202);
    await until(
      () => system.children.cart.pid(),
      (current) => current !== pid,
    );
    await system.children.cart.ready();
    await stream.untilState(({ services }) => services.cart.isReady);
    const { queues } = await stream.untilState(() => true);
    assert.equal(queues['cart-product-updates-queue'].visible, 1, 'the restarted process is paused again');
    const isReceivedByCart = (step: Step) =>
      step.kind === 'received' && step.queue === 'cart-product-updates-queue';
    assert.ok(!stream.steps.some(isReceivedByCart));
    await fault('consumerPaused', 'cart', false);
    const isApplied = (step: Step) => step.kind === 'applied' && step.productId === 'mug';
    const steps = await stream.untilSteps((all) => all.some(isApplied));
    const traceId = steps.find(isApplied)?.traceId;
    const { body: trace } = await call<TraceDetail>('GET', `/console/traces/${traceId}`);
    assert.deepEqual(
      trace.nodes.slice(0, 2).map(({ kind, parentId }) => [kind, parentId]),
      [
        ['request', undefined],
        ['event', trace.nodes[0]?.id],
      ],
    );

    process.kill(system.children.cart.pid(), 'SIGSTOP');
    const hung = await stream.untilState(({ services }) => !services.cart.isReady);
    assert.ok(hung.services.product.isReady, 'a service that hangs delays no other (N7)');
    assert.ok(hung.at - (hung.services.cart.readyAt ?? hung.at) < 4_000);
    process.kill(system.children.cart.pid(), 'SIGCONT');
    await stream.untilState(({ services }) => services.cart.isReady);

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
