import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutgoingEvent, PublishOutcome } from '@tandem/chassis/messaging/publisher';
import { createMetrics } from '@tandem/chassis/metrics';
import { createRecordingTracer } from '@tandem/chassis/recording-tracer';
import { currentTraceId } from '@tandem/chassis/trace';
import type { NewEvent } from '@tandem/contracts/events';
import type { Change } from '@tandem/storage/table';
import { createRelay, type RelayDeps } from './relay.ts';

const NOW = '2026-02-14T15:00:00.000Z';
const published: PublishOutcome = { status: 'published' };
const transient: PublishOutcome = { status: 'transient', reason: 'throttled' };
const permanent: PublishOutcome = { status: 'permanent', reason: 'too large' };

function product(
  eventType: 'ProductCreated' | 'ProductUpdated',
  productId: string,
  version: number,
): NewEvent {
  const state = { name: 'Acme Widget', price: 1999, currency: 'USD', inventory: 5, updatedAt: NOW };
  return { eventType, productId, ...state, version };
}

function snapshotRequest(requestId: string): NewEvent {
  return { eventType: 'ProductSnapshotRequested', requestId, timestamp: NOW };
}

/** The change of an item to this version, with these events. */
function change(key: string, version: number, ...events: NewEvent[]): Change {
  const id = `${key}-${version}`;
  return { id, kind: 'thing', key, after: { version, state: {}, events }, expired: false };
}

/** A relay whose publisher has these outcomes by event id; records the published, parked and logged events. */
function relayTo(outcomes: Readonly<Record<string, PublishOutcome>> = {}, deps: Partial<RelayDeps> = {}) {
  const sent: OutgoingEvent[] = [];
  const parked: unknown[][] = [];
  const failures: object[] = [];
  const warnings: object[] = [];
  const metrics = createMetrics();
  const { tracer, spans } = createRecordingTracer();
  const relay = createRelay({
    publish: async (events) => {
      sent.push(...events);
      return events.map(({ eventId }) => outcomes[eventId] ?? published);
    },
    park: async (body, reason, traceparent) => void parked.push([JSON.parse(body), reason, traceparent]),
    eventsForExpiredItem: () => assert.fail('nothing expired'),
    topic: 'thing-events-topic',
    metrics,
    tracer,
    log: { warn: (fields) => void warnings.push(fields), error: (fields) => void failures.push(fields) },
    ...deps,
  });
  return {
    relay,
    sent,
    parked,
    warnings,
    failures,
    metrics,
    spans,
    ids: () => sent.map(({ eventId }) => eventId),
  };
}

test('the events of every change are published in order, with ids that are deterministic for the change', async () => {
  const changes = [
    change('a', 4, snapshotRequest('1'), snapshotRequest('2')),
    change('b', 1),
    change('c', 2, snapshotRequest('3')),
  ];
  const { relay, sent, ids } = relayTo();
  assert.deepEqual(await relay(changes), { failed: [] });
  assert.deepEqual(ids(), ['thing/a/4/0', 'thing/a/4/1', 'thing/c/2/0']);
  assert.deepEqual(
    sent.map(({ event }) => event),
    [snapshotRequest('1'), snapshotRequest('2'), snapshotRequest('3')],
  );
  const retry = relayTo();
  await retry.relay(changes);
  assert.deepEqual(retry.ids(), ids(), 'the same ids at a retry');
});

test('events continue the trace of their change; without one, the events of a change share a new trace', async () => {
  const { relay, sent, spans } = relayTo();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const traced: Change = {
    ...change('a', 1),
    after: { version: 1, state: {}, events: [snapshotRequest('1')], traceparent },
  };
  await relay([traced, change('b', 1, snapshotRequest('2'), snapshotRequest('3'))]);
  const [continued, ...started] = sent.map(({ traceparent }) => traceparent.slice(3, 35));
  assert.equal(continued, traceId);
  assert.equal(new Set(started).size, 1);
  assert.notEqual(started[0], traceId);
  assert.equal(spans[0]?.parentId, 'b7ad6b7169203331');
  assert.deepEqual(
    sent.map(({ traceparent }) => traceparent.slice(3, 52)),
    spans.map(({ traceId, spanId }) => `${traceId}-${spanId}`),
    'a consumer continues the span of the publication',
  );
});

test('relay lag is measured for each published event that has a commit time', async () => {
  const changedAt = (ms: number): NewEvent => {
    const updatedAt = new Date(Date.now() - ms).toISOString();
    return { eventType: 'ProductDeleted', productId: 'p', version: 1, updatedAt };
  };
  const { relay, metrics, spans } = relayTo({ 'thing/b/1/0': transient });
  await relay([change('a', 1, changedAt(500), snapshotRequest('untimed')), change('b', 1, changedAt(9_000))]);
  const [lag, ...rest] = metrics.series();
  assert.ok(lag?.name === 'RelayLag' && typeof lag.value === 'object' && rest.length === 0);
  assert.equal(lag.value.count, 1);
  assert.ok(lag.value.min >= 500 && lag.value.max < 9_000);
  assert.deepEqual(
    spans.map(({ name, kind, attributes }) => [name, kind, attributes['error.type']]),
    [undefined, undefined, 'transient'].map((error) => ['send thing-events-topic', 'producer', error]),
  );
});

test('a transient failure fails its change; the others are published', async () => {
  const changes = [
    change('a', 1, snapshotRequest('1')),
    change('b', 1, snapshotRequest('2')),
    change('c', 1, snapshotRequest('3')),
  ];
  const { relay, ids, parked } = relayTo({ 'thing/b/1/0': transient });
  assert.deepEqual(await relay(changes), { failed: [changes[1]] });
  assert.deepEqual([ids().length, parked], [3, []]);
});

test('a change with several failed events is reported once', async () => {
  const failing = change('a', 1, snapshotRequest('1'), snapshotRequest('2'));
  const { relay } = relayTo({ 'thing/a/1/0': transient, 'thing/a/1/1': transient });
  assert.deepEqual(await relay([failing]), { failed: [failing] });
});

test('an event with a permanent failure is parked with its body, reason and trace, and its change is done', async () => {
  const { relay, sent, parked, warnings } = relayTo({ 'thing/a/1/0': permanent });
  assert.deepEqual(
    await relay([change('a', 1, snapshotRequest('1')), change('b', 1, snapshotRequest('2'))]),
    { failed: [] },
  );
  const body = { ...snapshotRequest('1'), eventId: 'thing/a/1/0', schemaVersion: 1 };
  assert.deepEqual(parked, [[body, 'too large', sent[0]?.traceparent]]);
  assert.deepEqual(warnings, [
    {
      eventType: 'ProductSnapshotRequested',
      eventId: 'thing/a/1/0',
      status: 'permanent',
      reason: 'too large',
    },
  ]);
});

test('log lines about an event have its trace id', async () => {
  const traces: unknown[] = [];
  const log = {
    warn: () => void traces.push(currentTraceId()),
    error: () => void traces.push(currentTraceId()),
  };
  const park = () => Promise.reject(new Error('no queue'));
  const { relay, spans } = relayTo({ 'thing/a/1/0': permanent }, { log, park });
  await relay([change('a', 1, snapshotRequest('1'))]);
  assert.deepEqual(traces, [spans[0]?.traceId, spans[0]?.traceId]);
});

test('the change of an event that could not be parked fails', async () => {
  const changes = [change('a', 1, snapshotRequest('1')), change('b', 1, snapshotRequest('2'))];
  const err = new Error('no queue');
  const { relay, failures } = relayTo({ 'thing/a/1/0': permanent }, { park: () => Promise.reject(err) });
  assert.deepEqual(await relay(changes), { failed: [changes[0]] });
  assert.deepEqual(failures, [{ err, eventType: 'ProductSnapshotRequested', eventId: 'thing/a/1/0' }]);
});

test('the change of an event without an outcome fails', async () => {
  const changes = [change('a', 1, snapshotRequest('1')), change('b', 1, snapshotRequest('2'))];
  const { relay } = relayTo({}, { publish: async () => [published] });
  assert.deepEqual(await relay(changes), { failed: [changes[1]] });
});

test('if the publisher rejects, the whole batch fails', async () => {
  const { relay } = relayTo({}, { publish: () => Promise.reject(new Error('unreachable')) });
  await assert.rejects(relay([change('a', 1, snapshotRequest('1'))]), /unreachable/);
});

test("a write that leaves the item's version unchanged publishes nothing", async () => {
  const after = { version: 3, state: {}, events: [snapshotRequest('1')] };
  const housekeeping: Change = { id: '1', kind: 'thing', key: 'a', before: after, after, expired: false };
  const before = { ...after, version: 2 };
  const { relay, ids } = relayTo();
  await relay([housekeeping, { ...housekeeping, before }]);
  assert.deepEqual(ids(), ['thing/a/3/0']);
});

test('an expired item publishes its expiry events; a removed one publishes nothing', async () => {
  const image = { version: 3, state: {}, events: [snapshotRequest('old')], traceparent: 'of-its-last-write' };
  const expired: Change = { id: '1', kind: 'cart', key: 'c', before: image, expired: true };
  const expiredChanges: Change[] = [];
  const eventsForExpiredItem = (change: Change) => {
    expiredChanges.push(change);
    return [snapshotRequest('expired')];
  };
  const { relay, sent } = relayTo({}, { eventsForExpiredItem });
  await relay([{ ...expired, key: 'removed', expired: false }, expired]);
  assert.deepEqual(expiredChanges, [expired]);
  assert.deepEqual(
    sent.map(({ eventId, event }) => [eventId, event]),
    [['cart/c/3-expired/0', snapshotRequest('expired')]],
  );
});

test('of several ProductUpdated of a product, only the newest is published; all creations and deletions are', async () => {
  const deleted: NewEvent = { eventType: 'ProductDeleted', productId: 'p', version: 4, updatedAt: NOW };
  const changes = [
    change('p', 1, product('ProductCreated', 'p', 1)),
    change('p', 2, product('ProductUpdated', 'p', 2)),
    change('q', 7, product('ProductUpdated', 'q', 7)),
    change('p', 3, product('ProductUpdated', 'p', 3)),
    change('p', 4, deleted),
    change('p', 5, product('ProductCreated', 'p', 5)),
    change('p', 6, product('ProductUpdated', 'p', 6)),
  ];
  const { relay, sent } = relayTo();
  assert.deepEqual(await relay(changes), { failed: [] });
  assert.deepEqual(
    sent.map(({ event }) => ['version' in event && event.version, event.eventType]),
    [
      [1, 'ProductCreated'],
      [7, 'ProductUpdated'],
      [4, 'ProductDeleted'],
      [5, 'ProductCreated'],
      [6, 'ProductUpdated'],
    ],
  );
});

test('a ProductUpdated with reservation responses is published even if a newer one follows', async () => {
  const updated = (version: number) => product('ProductUpdated', 'p', version);
  const reserved = [{ cartId: 'c', qty: 1, cartVersion: 2 }];
  const responding = { ...updated(2), reserved } as NewEvent;
  const changes = [change('p', 1, updated(1)), change('p', 2, responding), change('p', 3, updated(3))];
  const { relay, sent } = relayTo();
  await relay(changes);
  assert.deepEqual(
    sent.map(({ event }) => 'version' in event && event.version),
    [2, 3],
  );
});

test('if the newest ProductUpdated fails, its change is the one that fails', async () => {
  const changes = [1, 2, 3].map((version) => change('p', version, product('ProductUpdated', 'p', version)));
  const { relay } = relayTo({ 'thing/p/3/0': transient });
  assert.deepEqual(await relay(changes), { failed: [changes[2]] });
});

test('a batch without events publishes nothing and is done', async () => {
  const { relay, sent } = relayTo();
  assert.deepEqual(await relay([]), { failed: [] });
  assert.deepEqual(await relay([change('a', 1)]), { failed: [] });
  assert.deepEqual(sent, []);
});
