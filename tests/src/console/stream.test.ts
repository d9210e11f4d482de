import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { Step } from '@tandem/console/protocol';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

const TRACE = '0123456789abcdef0123456789abcdef';
/** Two services are at rest once the product is known. */
const TWO_SERVICES = { SERVICES: 'product,cart' };
const traceparent = `00-${TRACE}-0123456789abcdef-01`;

test('a change is traced from its request to the consumers that apply its events', () =>
  withSystem(async ({ urls: { gateway } }) => {
    await using stream = await listen(gateway);
    const { call, putProduct } = client(gateway);
    await putProduct('mug');
    const headers = { traceparent, 'content-type': 'application/merge-patch+json' };
    const { status } = await call('PATCH', '/products/mug', { body: { price: 1_300 }, headers });
    assert.equal(status, 200);
    const traceOf = (steps: readonly Step[]) =>
      steps.filter(({ traceId }) => traceId === TRACE).toSorted((a, b) => a.at - b.at);
    const [requestStep, ...eventSteps] = traceOf(
      await stream.untilSteps((steps) => traceOf(steps).length === 7),
    );
    assert.partialDeepStrictEqual(requestStep, {
      kind: 'request',
      service: 'product',
      method: 'PATCH',
      path: '/products/mug',
      status: 200,
    });
    for (const [eventId, eventType, queue] of [
      ['product/mug/2/0', 'ProductUpdated', 'cart-product-updates-queue'],
      ['product/mug/2/1', 'ProductEdited', 'analytics-events-queue'],
    ] as const) {
      const steps = eventSteps.filter((step) => 'eventId' in step && step.eventId === eventId);
      assert.deepEqual(
        steps.map(({ kind }) => kind),
        ['published', 'received', 'applied'],
      );
      for (const step of steps) assert.partialDeepStrictEqual(step, { eventType, productId: 'mug' });
      assert.partialDeepStrictEqual(steps.at(-1), { queue, attempt: 1 });
    }

    const { traffic, services } = await stream.untilState(({ queues }) =>
      Object.values(queues).every(({ visible, inFlight, oldestMs }) => visible + inFlight + oldestMs === 0),
    );
    assert.deepEqual(traffic.requests.product, { reads: 0, writes: 2 });
    assert.ok(services.product.isReady && services.cart.isReady);
    assert.ok((services.cart.lagMs?.p50 ?? -1) >= 0);
    assert.equal(services.product.requestsPerSecond, 0.2);
  }));

test('security 6: the stream has public cart ids only, and event payloads require the operator scope', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { putProduct, openCart, fill, checkOut } = client(gateway);
    await putProduct('mug', { name: 'A mug of Meissen', inventory: 5 });
    const cartId = await openCart();
    await fill(cartId, { mug: 2 });
    await until(
      () => checkOut(cartId),
      ({ status }) => status === 200,
    );
    await using stream = await listen(gateway);
    const isOver = (step: Step) => step.kind === 'applied' && step.eventType === 'CartCheckedOut';
    await stream.untilSteps((steps) => steps.some(isOver));
    await stream.untilState(() => true);
    assert.ok(stream.text().includes(publicIdOf(cartId)));
    assert.ok(!stream.text().includes(cartId.slice('guest-'.length)), 'the secret of a guest grants access');
    assert.ok(!stream.text().includes('Meissen'));

    const { request } = operator(gateway);
    const step = stream.steps.find(
      (step) => step.kind === 'published' && step.eventType === 'CartCheckedOut',
    );
    const { eventId } = step as Step & { kind: 'published' };
    const { body } = await request<{ body: string }>('GET', `/events/${encodeURIComponent(eventId)}`);
    assert.partialDeepStrictEqual(JSON.parse(body.body), {
      eventType: 'CartCheckedOut',
      cartId: publicIdOf(cartId),
    });
    assert.equal((await request('GET', '/events/none')).status, 404);
  }));

test('a reconnecting client receives the missed steps, a new client the latest ones', () =>
  withSystem(async ({ urls: { gateway } }) => {
    await client(gateway).putProduct('mug');
    await using first = await listen(gateway);
    await first.untilSteps((steps) => steps.filter(({ kind }) => kind === 'applied').length === 3);
    const ids = [...first.text().matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');
    await using second = await listen(gateway, { 'last-event-id': ids.at(-2) ?? '' });
    await second.untilState(() => true);
    assert.deepEqual(second.steps, first.steps.slice(-1));
    await using newClient = await listen(gateway, { 'last-event-id': 'other.7' });
    await newClient.untilState(() => true);
    assert.deepEqual(newClient.steps, first.steps);
  }, TWO_SERVICES));

test('fifty clients may connect, and another one after one has disconnected', () =>
  withSystem(async ({ urls: { gateway } }) => {
    await using stack = new AsyncDisposableStack();
    const all = await Promise.all(Array.from({ length: 50 }, async () => listen(gateway)));
    for (const one of all) stack.use(one);
    assert.equal((await fetch(`${gateway}/console/events`)).status, 503);
    await all[0]?.[Symbol.asyncDispose]();
    stack.use(
      await until(
        () => listen(gateway).catch(() => undefined),
        (found) => found !== undefined,
      ),
    );
  }));

test('stopping a system ends the stream, and waits neither for it nor for a relay backlog', async () => {
  let ended: Promise<void> | undefined;
  let stoppingAt = 0;
  await withSystem(async ({ urls: { gateway } }) => {
    const stream = await listen(gateway);
    await operator(gateway).fault('relayStopped', 'product', true);
    await client(gateway).putProduct('mug');
    await stream.untilState(({ relays }) => relays.product?.isHeld === true);
    ended = stream.ended();
    stoppingAt = performance.now();
  });
  assert.ok(performance.now() - stoppingAt < 2_000);
  await ended;
});
