import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { Step, TraceDetail, TracePage } from '@tandem/console/protocol';
import { redriveRecords } from '../process/dlq.ts';
import { client } from '../support/http.ts';
import { temporaryFolder } from '../support/process.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { listen, operator } from './listen.ts';

const TRACE = '0123456789abcdef0123456789abcdef';
const traceparent = `00-${TRACE}-0123456789abcdef-01`;
const DLQ = 'cart-product-updates-dlq';

test('a trace shows which request and which event caused each event (M6)', () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { call, putProduct, openCart, add } = client(gateway);
    await putProduct('mug');
    const cartId = await openCart();
    await until(
      () => add(cartId, 'mug', 1),
      ({ status }) => status === 200,
    );
    const body = { productId: 'mug', qty: 1 };
    const { status } = await call('POST', `/carts/${cartId}/items`, { body, headers: { traceparent } });
    assert.equal(status, 200);
    const linesOf = ({ nodes }: TraceDetail) => {
      const textOf = (node: TraceDetail['nodes'][number] | undefined): string =>
        node?.queue ?? node?.eventType ?? node?.kind ?? '';
      return nodes.map(
        (node) => `${textOf(nodes.find(({ id }) => id === node.parentId))} → ${textOf(node)} ${node.service}`,
      );
    };
    const expected = [
      ' → request cart',
      'request → ProductAddedToCart cart',
      'ProductAddedToCart → product-cart-events-queue product',
      'product-cart-events-queue → ProductUpdated product',
      'ProductUpdated → cart-product-updates-queue cart',
      'ProductAddedToCart → analytics-events-queue analytics',
    ];
    const found = await until(
      () => call<TraceDetail>('GET', `/console/traces/${TRACE}`),
      ({ body }) => body.nodes.length === expected.length && body.stepCount === 9,
    );
    assert.deepEqual(linesOf(found.body).toSorted(), expected.toSorted());
    assert.partialDeepStrictEqual(found.body, {
      status: 'ok',
      name: 'POST /carts/guest-…/items',
      cartIds: [publicIdOf(cartId)],
      productIds: ['mug'],
      omittedSteps: 0,
    });
    const query = `cart=${publicIdOf(cartId)}&type=ProductUpdated&service=analytics&limit=1`;
    const list = await call<TracePage>('GET', `/console/traces?${query}`);
    assert.deepEqual(
      list.body.traces.map(({ id }) => id),
      [TRACE],
    );
    const texts = JSON.stringify([found.body, list.body]);
    assert.ok(!texts.includes(cartId.slice('guest-'.length)), 'the secret of a guest grants access');
    assert.equal((await call('GET', '/console/traces/none')).status, 404);
    for (const invalid of ['service=shop', 'status=bad', 'limit=501', 'before=0', 'minMs=x', 'other=1'])
      assert.equal((await call('GET', `/console/traces?${invalid}`)).status, 400, invalid);
  }));

test("a dead letter's trace is still served after 5,000 further steps (M6)", () =>
  withSystem(async ({ urls: { gateway } }) => {
    const { call } = client(gateway);
    await using stream = await listen(gateway);
    await operator(gateway).post('/poison', { queue: 'cart-product-updates-queue' });
    await stream.untilState(({ deadLetters }) => deadLetters[DLQ] === 1);
    const { traceId } = stream.steps.find(({ kind }) => kind === 'returned') ?? {};
    const lines = Array.from({ length: 1_000 }, (_, i) =>
      JSON.stringify({ productId: `p${i}`, name: 'Mug', price: 1, currency: 'EUR', inventory: 1 }),
    );
    const headers = { traceparent, 'content-type': 'application/x-ndjson' };
    await call('POST', '/products/import', { body: lines.join('\n'), headers });
    await until(
      () => call<TraceDetail>('GET', `/console/traces/${TRACE}`),
      ({ body }) => body.stepCount > 5_000,
    );
    const { body } = await call<TraceDetail>('GET', `/console/traces/${traceId}`);
    assert.partialDeepStrictEqual(body, { status: 'deadLettered', deadLetters: 1, errors: 5 });
    const failed = await call<TracePage>('GET', '/console/traces?status=deadLettered');
    assert.deepEqual(
      failed.body.traces.map(({ id }) => id),
      [traceId],
    );
  }));

test('an operator publishes an event of a trace again, which changes nothing, and is recorded', async () => {
  await using folder = await temporaryFolder();
  await withSystem(
    async ({ urls: { gateway } }) => {
      const { call, putProduct } = client(gateway);
      await using stream = await listen(gateway);
      await putProduct('mug', { inventory: 7 });
      const isApplied = (step: Step) => step.kind === 'applied' && step.eventType === 'ProductCreated';
      const appliedBy = (steps: readonly Step[]) => steps.filter(isApplied).length;
      const [applied] = (await stream.untilSteps((steps) => appliedBy(steps) === 2)).filter(isApplied);
      const { eventId, traceId } = applied as Step & { kind: 'applied' };
      const before = await call('GET', '/products/mug');
      const { post } = operator(gateway);
      const path = `/events/${encodeURIComponent(eventId)}/republish`;
      assert.equal((await post(path, {})).status, 202);
      await stream.untilSteps((steps) => appliedBy(steps) === 4);
      assert.deepEqual((await call('GET', '/products/mug')).body, before.body);
      const { body: trace } = await call<TraceDetail>('GET', `/console/traces/${traceId}`);
      const published = trace.nodes.find((node) => node.kind === 'event' && node.eventId === eventId);
      assert.deepEqual(
        published?.steps.map((step) => 'isRepublished' in step),
        [false, true],
      );
      const [record, ...others] = await redriveRecords(folder.path);
      assert.partialDeepStrictEqual(record, {
        who: 'tester',
        outcome: 'republished',
        destination: 'product-events-topic',
        messages: [{ eventId }],
      });
      assert.deepEqual(others, []);
      assert.equal((await post('/events/none/republish', {})).status, 404);
    },
    { EPHEMERAL: '0', DATA_DIR: folder.path },
  );
});

test('an event that its relay cannot publish is a step of the trace that caused it', () => {
  const rejectPrices = (principal: string, client: object) => {
    if (principal !== 'product-relay' || !(client instanceof SNSClient)) return;
    client.middlewareStack.add(
      (next) => async (args) => {
        const entries = (args.input as PublishBatchCommandInput).PublishBatchRequestEntries ?? [];
        const isRejected = entries.some(({ Message = '' }) => Message.includes('"price":666'));
        if (!isRejected) return next(args);
        const Failed = entries.map(({ Id }) => ({
          Id,
          Code: 'Invalid',
          Message: 'not today',
          SenderFault: true,
        }));
        return { response: {}, output: { $metadata: {}, Successful: [], Failed } as never };
      },
      { step: 'initialize', priority: 'high' },
    );
  };
  return withSystem(
    async ({ urls: { gateway } }) => {
      const { call, putProduct } = client(gateway);
      await putProduct('mug');
      const { status } = await call('PATCH', '/products/mug', {
        body: { price: 666 },
        headers: { traceparent },
      });
      assert.equal(status, 200);
      const { body } = await until(
        () => call<TraceDetail>('GET', `/console/traces/${TRACE}`),
        ({ body }) => body.deadLetters === 2,
      );
      const events = body.nodes.filter(({ kind }) => kind === 'event');
      const types = new Set(events.map(({ eventType }) => eventType));
      assert.deepEqual(types, new Set(['ProductEdited', 'ProductUpdated']));
      for (const { parentId, service, steps } of events) {
        assert.equal(body.nodes.find(({ id }) => id === parentId)?.kind, 'request');
        assert.equal(service, 'product');
        assert.partialDeepStrictEqual(steps, [
          { kind: 'parked', productId: 'mug', reason: 'Invalid: not today' },
        ]);
      }
    },
    {},
    { onClient: rejectPrices },
  );
});
