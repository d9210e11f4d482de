import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleOf } from '../domain/testing.ts';
import { namesRequestKey } from '../store/entity-types.ts';
import { NOON, openAnalytics } from './testing.ts';

const MINUTE_MS = 60_000;

test('the first batch requests a snapshot of the products, once', async (t) => {
  const { apply, openInstance, published, clock } = openAnalytics(t);
  await apply([]);
  await apply([]);
  clock.now += 9 * MINUTE_MS;
  await openInstance()([]);
  assert.equal(published.length, 1);
  const [first] = published;
  const requestId = first?.eventId;
  assert.deepEqual(first?.event, { eventType: 'ProductSnapshotRequested', requestId, timestamp: NOON });
});

test('it is requested again after ten minutes, with the same id, until it is complete', async (t) => {
  const { apply, openInstance, published, clock, table } = openAnalytics(t);
  await apply([]);
  clock.now += 10 * MINUTE_MS;
  await apply([]);
  await openInstance()([]);
  assert.equal(published.length, 2);
  const [first, second] = published.map(({ eventId }) => eventId);
  assert.equal(first, second);
  assert.equal((await table.get(namesRequestKey))?.since, NOON, 'the first request');

  await apply([exampleOf('ProductSnapshotCompleted', { snapshotId: 'of another service' })]);
  assert.equal((await table.get(namesRequestKey))?.completedAt, undefined);
  const completed = exampleOf('ProductSnapshotCompleted', { snapshotId: first ?? '' });
  assert.deepEqual(await apply([completed, completed]), ['applied', 'applied']);
  clock.now += 60 * MINUTE_MS;
  await apply([]);
  await openInstance()([]);
  assert.equal(published.length, 2);
});

test('a request that cannot be published is retried after a minute, and delays no batch', async (t) => {
  const { apply, published, clock, hooks, logged, table } = openAnalytics(t);
  const publish = hooks.publishes;
  hooks.publishes = async () => [{ status: 'transient', reason: 'SNS is unavailable' }];
  const event = exampleOf('ProductAddedToCart', { eventId: 'a', timestamp: NOON });
  assert.deepEqual(await apply([event]), ['applied']);
  await apply([]);
  assert.deepEqual([published.length, logged.length], [1, 1]);
  assert.equal(await table.get(namesRequestKey), undefined);
  hooks.publishes = publish;
  clock.now += MINUTE_MS;
  await apply([]);
  assert.equal(published.length, 2);
  assert.ok(await table.get(namesRequestKey));
});

test('of two instances that request at the same time, one request is stored', async (t) => {
  const { openInstance, published, table } = openAnalytics(t);
  await Promise.all([openInstance()([]), openInstance()([])]);
  assert.equal(published.length, 2);
  const stored = await table.get(namesRequestKey);
  assert.ok(published.some(({ eventId }) => eventId === stored?.requestId));
  assert.equal(stored?.version, 1);
});
