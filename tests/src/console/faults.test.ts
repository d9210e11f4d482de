import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { Step } from '@tandem/console/protocol';
import { client } from '../support/http.ts';
import { atRest } from '../support/queues.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

const QUEUE = 'cart-product-updates-queue';
/** The queues of Product and Cart: other services consume the events too. */
const queues: readonly string[] = [QUEUE, 'product-cart-events-queue'];
const applied = (steps: readonly Step[], productIds: readonly string[]) =>
  steps.filter(
    (step) =>
      step.kind === 'applied' && queues.includes(step.queue) && productIds.includes(step.productId ?? ''),
  );
const stepsOf = (steps: readonly Step[], kind: Step['kind'], eventId: string) =>
  steps.filter(
    (step) =>
      step.kind === kind &&
      'eventId' in step &&
      step.eventId === eventId &&
      (!('queue' in step) || queues.includes(step.queue)),
  );

// The tests spend most of their time waiting.
describe('an active fault', { concurrency: true }, () => {
  test('messages of a paused consumer wait in its queue, and are applied once it resumes', () =>
    withSystem(async ({ urls: { gateway } }) => {
      const { putProduct } = client(gateway);
      const { fault } = operator(gateway);
      await using stream = await listen(gateway);
      assert.equal((await fault('consumerPaused', 'cart', true)).status, 204);
      const ids = ['a', 'b', 'c'];
      for (const productId of ids) await putProduct(productId);
      const waiting = await stream.untilState(({ queues }) => queues[QUEUE].visible === 3);
      assert.deepEqual(waiting.faults, [{ fault: 'consumerPaused', service: 'cart' }]);
      assert.ok(waiting.queues[QUEUE].oldestMs > 0);
      assert.deepEqual(applied(stream.steps, ids), []);

      await fault('consumerPaused', 'cart', false);
      await stream.untilState(({ queues }) => queues[QUEUE].visible + queues[QUEUE].inFlight === 0);
      await stream.untilSteps((steps) => applied(steps, ids).length === 3);
      assert.deepEqual((await stream.untilState(() => true)).queues[QUEUE].oldestMs, 0);
    }));

  test('a stopped relay keeps its backlog, and publishes it once it resumes', () =>
    withSystem(async ({ urls: { gateway } }) => {
      const { putProduct } = client(gateway);
      const { fault } = operator(gateway);
      await using stream = await listen(gateway);
      await fault('relayStopped', 'product', true);
      await putProduct('mug');
      const { relays } = await stream.untilState((state) => (state.relays.product?.oldestMs ?? 0) >= 500);
      assert.deepEqual([relays.product?.isHeld, relays.cart?.isHeld], [true, false]);
      assert.equal(stepsOf(stream.steps, 'published', 'product/mug/1/0').length, 0);

      await fault('relayStopped', 'product', false);
      await stream.untilSteps((steps) => stepsOf(steps, 'applied', 'product/mug/1/0').length === 1);
      await stream.untilState(({ relays }) => relays.product?.isHeld === false);
    }));

  test('delayed and duplicated deliveries do not change the final state', () =>
    withSystem(async ({ urls: { gateway, aws } }) => {
      const { putProduct, openCart, fill, add, product, cart } = client(gateway);
      const { fault } = operator(gateway);
      await using stream = await listen(gateway);
      await putProduct('mug', { inventory: 10 });
      const cartId = await openCart();
      await fill(cartId, { mug: 1 });
      await fault('deliveriesDuplicated', 'cart', true);
      await fault('deliveriesDelayed', 'cart', true);
      const addedAt = Date.now();
      const { status, body } = await add(cartId, 'mug', 2);
      assert.equal(status, 200);
      const eventId = `cart/${publicIdOf(cartId)}/${body.version}/0`;
      const steps = await stream.untilSteps((all) => stepsOf(all, 'applied', eventId).length === 2);
      const [first, second] = stepsOf(steps, 'published', eventId);
      assert.ok((first?.at ?? 0) - addedAt >= 1_900, 'late');
      assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 400, 'twice');
      await atRest(aws);
      assert.equal((await product('mug')).body.inventory, 7);
      assert.equal((await cart(cartId)).body.items[0]?.qty, 3);
    }));

  test('a killed service is unavailable, restarts on its port, and misses no event', () =>
    withSystem(async ({ urls: { gateway } }) => {
      const { putProduct, call, openCart, fill } = client(gateway);
      const { post } = operator(gateway);
      assert.equal((await post('/kill', { service: 'cart' })).status, 202);
      const statusOf = async () => (await call('POST', '/carts')).status;
      await until(statusOf, (status) => status === 503);
      assert.equal((await putProduct('mug')).status, 201);
      await until(statusOf, (status) => status === 201);
      await fill(await openCart(), { mug: 1 });
    }));

  test('a system stops while one of its services is down', () =>
    withSystem(async ({ urls: { gateway } }) => {
      await operator(gateway).post('/kill', { service: 'product' });
    }));
});
