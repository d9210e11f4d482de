import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { Step } from '@tandem/console/protocol';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

const TRACE = '0123456789abcdef0123456789abcdef';
const traceparent = `00-${TRACE}-0123456789abcdef-01`;

const kindsOf = (steps: readonly Step[], traceId: string) =>
  steps
    .filter((step) => step.traceId === traceId)
    .toSorted((a, b) => a.at - b.at)
    .map(({ kind }) => kind);

test('the way of a change is seen from its request to where it is applied', () =>
  withSystem(async ({ urls: { gateway } }) => {
    await using listening = await listen(gateway);
    const { call, putProduct } = client(gateway);
    await putProduct('mug');
    const headers = { traceparent, 'content-type': 'application/merge-patch+json' };
    const { status } = await call('PATCH', '/products/mug', { body: { price: 1_300 }, headers });
    assert.equal(status, 200);
    const steps = await listening.untilSteps((steps) => kindsOf(steps, TRACE).length === 4);
    assert.deepEqual(kindsOf(steps, TRACE), ['request', 'published', 'received', 'applied']);
    const [request, ...others] = steps
      .filter(({ traceId }) => traceId === TRACE)
      .toSorted((a, b) => a.at - b.at);
    assert.partialDeepStrictEqual(request, {
      service: 'product',
      method: 'PATCH',
      path: '/products/mug',
      status: 200,
    });
    for (const step of others)
      assert.partialDeepStrictEqual(step, {
        eventId: 'product/mug/2/0',
        eventType: 'ProductUpdated',
        productId: 'mug',
      });
    assert.partialDeepStrictEqual(
      steps.findLast(({ kind }) => kind === 'applied'),
      {
        queue: 'cart-product-updates-queue',
        attempt: 1,
      },
    );

    const { seen, services } = await listening.untilState(({ queues }) =>
      Object.values(queues).every(({ visible, inFlight, oldestMs }) => visible + inFlight + oldestMs === 0),
    );
    assert.deepEqual(seen.product, { reads: 0, writes: 2 });
    assert.ok(services.product.isReady && services.cart.isReady);
    assert.ok((services.cart.lagMs?.p50 ?? -1) >= 0);
    assert.equal(services.product.requestsPerSecond, 0.2);
  }));

test('security 6: the stream names carts by their public ids, and what an event says is for an operator alone', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { putProduct, openCart, fill, checkOut } = client(gateway);
    await putProduct('mug', { name: 'A mug of Meissen', inventory: 5 });
    const cartId = await openCart();
    await fill(cartId, { mug: 2 });
    await until(
      () => checkOut(cartId),
      ({ status }) => status === 200,
    );
    await using listening = await listen(gateway);
    const isOver = (step: Step) => step.kind === 'applied' && step.eventType === 'CartCheckedOut';
    await listening.untilSteps((steps) => steps.some(isOver));
    await listening.untilState(() => true);
    assert.ok(listening.text().includes(publicIdOf(cartId)));
    assert.ok(
      !listening.text().includes(cartId.slice('guest-'.length)),
      'the secret of a guest grants access',
    );
    assert.ok(!listening.text().includes('Meissen'));

    const { ask } = operator(gateway);
    const step = listening.steps.find((it) => it.kind === 'published' && it.eventType === 'CartCheckedOut');
    const { eventId } = step as Step & { kind: 'published' };
    const { body } = await ask<{ body: string }>('GET', `/events/${encodeURIComponent(eventId)}`);
    assert.partialDeepStrictEqual(JSON.parse(body.body), {
      eventType: 'CartCheckedOut',
      cartId: publicIdOf(cartId),
    });
    assert.equal((await ask('GET', '/events/none')).status, 404);
  }));

test('who comes back is told what they have missed, and a stranger the last of it', () =>
  withSystem(async ({ urls: { gateway } }) => {
    await client(gateway).putProduct('mug');
    await using first = await listen(gateway);
    await first.untilSteps((steps) => steps.filter(({ kind }) => kind === 'applied').length === 3);
    const ids = [...first.text().matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');
    await using second = await listen(gateway, { 'last-event-id': ids.at(-2) ?? '' });
    await second.untilState(() => true);
    assert.deepEqual(second.steps, first.steps.slice(-1));
    await using stranger = await listen(gateway, { 'last-event-id': 'other.7' });
    await stranger.untilState(() => true);
    assert.deepEqual(stranger.steps, first.steps);
  }));

test('fifty may listen, and one more once one of them has left', () =>
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

test('a system that stops ends the stream, and waits neither for it nor for a relay that is held', async () => {
  let ended: Promise<void> | undefined;
  let stoppingAt = 0;
  await withSystem(async ({ urls: { gateway } }) => {
    const listening = await listen(gateway);
    await operator(gateway).fault('relayStopped', 'product', true);
    await client(gateway).putProduct('mug');
    await listening.untilState(({ relays }) => relays.product.isHeld);
    ended = listening.ended();
    stoppingAt = performance.now();
  });
  assert.ok(performance.now() - stoppingAt < 2_000);
  await ended;
});
