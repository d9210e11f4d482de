import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topology } from '@tandem/contracts/topology';
import type { Step } from './protocol.ts';
import { createTraceStore, traceLimits } from './trace-store.ts';

const QUEUE = 'cart-product-updates-queue';
const { maxReceiveCount } = topology.queues[QUEUE];

const request = (traceId: string, changes: Partial<Step & { kind: 'request' }> = {}): Step => ({
  kind: 'request',
  at: 1_000,
  service: 'product',
  method: 'PATCH',
  path: '/products/mug',
  productId: 'mug',
  status: 200,
  durationMs: 5,
  traceId,
  spanId: `request-${traceId}`,
  ...changes,
});
const published = (traceId: string, changes: Partial<Step & { kind: 'published' }> = {}): Step => ({
  kind: 'published',
  at: 1_010,
  topic: 'product-events-topic',
  bytes: 10,
  committedAt: 1_003,
  eventId: `product/${traceId}/1/0`,
  eventType: 'ProductUpdated',
  productId: 'mug',
  traceId,
  spanId: `published-${traceId}`,
  parentSpanId: `request-${traceId}`,
  ...changes,
});
const consumed = (
  traceId: string,
  kind: 'received' | 'applied' | 'returned',
  changes: Partial<Step & { kind: 'applied' }> = {},
): Step => ({
  kind,
  at: 1_020,
  queue: QUEUE,
  attempt: 1,
  eventId: `product/${traceId}/1/0`,
  eventType: 'ProductUpdated',
  traceId,
  spanId: `consumed-${traceId}`,
  ...changes,
});

test('a trace is a causation tree of requests, events and the work of consumers', () => {
  const store = createTraceStore();
  const caused = published('t', {
    at: 1_040,
    topic: 'cart-events-topic',
    eventId: 'cart/c/2/0',
    eventType: 'InventoryReservationRequested',
    spanId: 'other',
    parentSpanId: 'consumed-t',
  });
  // Across processes steps arrive in any order.
  for (const step of [caused, consumed('t', 'applied', { at: 1_030 }), consumed('t', 'received')])
    store.add(step);
  for (const step of [published('t'), request('t')]) store.add(step);
  const trace = store.find('t');
  assert.deepEqual(
    trace?.nodes.map(({ kind, parentId, service, startedAt, endedAt, steps }) => [
      kind,
      parentId,
      service,
      startedAt,
      endedAt,
      steps.length,
    ]),
    [
      ['request', undefined, 'product', 1_000, 1_005, 1],
      ['event', 'request request-t', 'product', 1_003, 1_010, 1],
      ['consumption', 'event product/t/1/0', 'cart', 1_020, 1_030, 2],
      ['event', `${QUEUE} product/t/1/0`, 'cart', 1_003, 1_040, 1],
    ],
  );
  assert.partialDeepStrictEqual(trace, {
    name: 'PATCH /products/mug',
    startedAt: 1_000,
    durationMs: 40,
    status: 'ok',
    services: ['product', 'cart'],
    productIds: ['mug'],
    stepCount: 5,
    errors: 0,
    deadLetters: 0,
  });
  assert.equal(store.find('other'), undefined);
});

test('the last attempt of a consumer decides on the outcome of a trace', () => {
  const store = createTraceStore();
  const statusOf = () => {
    const { status, errors, deadLetters } = store.find('t') ?? {};
    return [status, errors, deadLetters];
  };
  store.add(published('t'));
  for (let attempt = 1; attempt <= maxReceiveCount; attempt += 1) {
    store.add(consumed('t', 'returned', { at: 2_000 + attempt, attempt }));
    const isLast = attempt === maxReceiveCount;
    assert.deepEqual(statusOf(), [isLast ? 'deadLettered' : 'failed', attempt, isLast ? 1 : 0]);
  }
  store.add(consumed('t', 'applied', { at: 3_000 }));
  assert.deepEqual(statusOf(), ['ok', maxReceiveCount, 0], 'redriven and applied');
  store.add(request('u', { status: 404 }));
  store.add(request('v', { status: 503 }));
  assert.deepEqual(
    ['u', 'v'].map((id) => store.find(id)?.status),
    ['clientError', 'failed'],
  );
});

test('the list is ordered by age, filtered by all criteria, and paged', () => {
  const store = createTraceStore();
  for (let i = 0; i < 10; i += 1) store.add(request(`t${i}`, { durationMs: i, status: i === 3 ? 500 : 200 }));
  store.add(published('t7', { cartId: 'cart-c' }));
  const idsOf = (query: Parameters<typeof store.list>[0]) => store.list(query).traces.map(({ id }) => id);
  const first = store.list({ limit: 4 });
  assert.deepEqual(
    first.traces.map(({ id }) => id),
    ['t9', 't8', 't7', 't6'],
  );
  const rest = store.list({ limit: 6, before: first.next });
  assert.deepEqual([rest.traces.at(0)?.id, rest.traces.at(-1)?.id, rest.next], ['t5', 't0', undefined]);
  assert.deepEqual(idsOf({ minMs: 8 }), ['t9', 't8', 't7']);
  assert.deepEqual(idsOf({ status: 'failed' }), ['t3']);
  assert.deepEqual(idsOf({ type: 'ProductUpdated', cart: 'cart-c', product: 'mug' }), ['t7']);
  assert.deepEqual(idsOf({ hasEvents: true }), ['t7']);
  assert.deepEqual(idsOf({ cart: 'cart-other' }), []);
  assert.deepEqual(idsOf({ service: 'cart' }), []);
});

test('the store is bounded, and failures outlive any number of other traces', () => {
  const store = createTraceStore();
  const body = 'x'.repeat(10_000);
  const deadLetter = consumed('dead', 'returned', { attempt: maxReceiveCount });
  for (const step of [published('dead'), deadLetter]) store.add(step, body);
  store.add(request('failed', { status: 500 }));
  for (let i = 0; i < 5_000; i += 1) {
    store.add(request(`read${i}`));
    store.add(published(`event${i}`), body);
  }
  const kept = ['dead', 'failed', 'event0', 'event4999', 'read0', 'read4999'].map((id) => [
    id,
    store.find(id) !== undefined,
  ]);
  assert.deepEqual(Object.fromEntries(kept), {
    dead: true,
    failed: true,
    event0: false,
    event4999: true,
    read0: false,
    read4999: true,
  });
  const { traces } = store.list({ limit: 10_000 });
  const reads = traces.filter(({ id }) => id.startsWith('read')).length;
  assert.equal(reads, traceLimits.requests.traces);
  const events = traces.length - reads - 2;
  assert.ok(events * body.length < traceLimits.events.bytes, `${events} payloads`);
  assert.ok((events + 2) * body.length > traceLimits.events.bytes * 0.9, `${events} payloads`);
  assert.equal(store.eventOf('product/dead/1/0')?.body, body);
  assert.equal(store.eventOf('product/event0/1/0'), undefined, 'evicted with its trace');

  for (let i = 0; i < 1_000; i += 1) store.add(request(`failed${i}`, { status: 503 }));
  assert.equal(store.find('failed'), undefined);
  assert.ok(store.find('dead'), 'failed requests evict no dead letter');
});

test('a trace keeps a bounded number of steps, and counts the others', () => {
  const store = createTraceStore();
  for (let i = 0; i < 1_500; i += 1) store.add(published('t', { eventId: `product/${i}/1/0` }), 'body');
  const trace = store.find('t');
  assert.deepEqual([trace?.nodes.length, trace?.omittedSteps, trace?.stepCount], [1_000, 500, 1_500]);
});

test('a message without a trace is found by its event id', () => {
  const store = createTraceStore();
  const { traceId: _traceId, spanId: _spanId, ...step } = published('t');
  store.add(step, 'body');
  assert.equal(store.find('product/t/1/0')?.name, 'ProductUpdated');
  assert.equal(store.eventOf('product/t/1/0')?.body, 'body');
});

test('an event that cannot be published is a dead letter of its trace, until it is published after all', () => {
  const store = createTraceStore();
  const { spanId: _, ...event } = published('t') as Step & { kind: 'published' };
  store.add(request('t'));
  store.add({ ...event, kind: 'parked', reason: 'too large' });
  const { status, deadLetters, nodes = [] } = store.find('t') ?? {};
  assert.deepEqual([status, deadLetters], ['deadLettered', 1]);
  assert.deepEqual(
    nodes.map(({ kind, service, parentId, status, startedAt }) => [
      kind,
      service,
      parentId,
      status,
      startedAt,
    ]),
    [
      ['request', 'product', undefined, 'ok', 1_000],
      ['event', 'product', nodes[0]?.id, 'deadLettered', 1_003],
    ],
  );
  assert.deepEqual(
    store.list({ status: 'deadLettered' }).traces.map(({ id }) => id),
    ['t'],
  );
  store.add(published('t', { at: 1_500 }));
  assert.deepEqual([store.find('t')?.status, store.find('t')?.nodes.length], ['ok', 2]);
});
