import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productUpdated, TRACE } from '../support/events.ts';
import { deadLetterCount, depth } from '../support/queues.ts';
import {
  beforeCommand,
  CART_QUEUE,
  cartDlq,
  FAST,
  productUpdates,
  openWorkbench,
  parkingQueue,
  sortedBodies,
} from './workbench.ts';

test('every dead-letter and parking queue is listed with its destination', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(12));
  await workbench.send(parkingQueue.name, productUpdated('parked'));
  const states = await workbench.list();
  assert.deepEqual(
    states.map(({ queue, visible, inFlight, oldest }) => [
      queue.name,
      visible,
      inFlight,
      oldest?.isOldest,
      queue.destination.name,
    ]),
    [
      ['product-cart-events-dlq', 0, 0, undefined, 'product-cart-events-queue'],
      ['cart-product-updates-dlq', 12, 0, false, 'cart-product-updates-queue'],
      ['analytics-events-dlq', 0, 0, undefined, 'analytics-events-queue'],
      ['product-relay-parking-queue', 1, 0, true, 'product-events-topic'],
      ['cart-relay-parking-queue', 0, 0, undefined, 'cart-events-topic'],
    ],
  );
});

test('show returns the reasons, and leaves every message visible', async () => {
  await using workbench = await openWorkbench();
  const bodies = ['no JSON', '[1]', '{"eventType":"ProductReviewed"}', '{"eventType":"ProductDeleted"}'];
  await workbench.send(cartDlq.name, productUpdated('fine'), ...bodies.map((body) => ({ body })));
  const [fine, ...others] = await workbench.show(cartDlq, { limit: 10 });
  assert.deepEqual(
    [fine?.reading, fine?.eventType, fine?.eventId, fine?.traceId],
    [{ kind: 'valid' }, 'ProductUpdated', 'product/fine/2/0', TRACE],
  );
  const faults = others.map(({ reading }) =>
    reading.kind === 'invalid' ? reading.faults.map(({ pointer }) => pointer) : reading.kind,
  );
  assert.deepEqual(faults, ['notJson', [''], 'unknownType', ['/productId', '/version', '/updatedAt']]);
  assert.equal((await workbench.show(cartDlq, { limit: 2 })).length, 2);
  assert.equal((await workbench.receiveAll(cartDlq.name)).length, 5);
});

test('a show that fails or is interrupted leaves every message visible', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(30));
  const stop = new AbortController();
  beforeCommand(workbench.sqs, 'ReceiveMessageCommand', (call) => {
    if (call === 2) stop.abort();
    if (call === 5) throw new Error('connection reset');
  });
  assert.equal((await workbench.show(cartDlq, { limit: 30, signal: stop.signal })).length, 20);
  await assert.rejects(workbench.show(cartDlq, { limit: 30 }), /sqs:ReceiveMessage on .*connection reset/);
  assert.equal((await workbench.receiveAll(cartDlq.name)).length, 30);
});

for (const queue of [cartDlq, parkingQueue]) {
  test(`messages of ${queue.name} reach Cart's queue with body and attributes unchanged`, async () => {
    await using workbench = await openWorkbench();
    const sent = productUpdated('p');
    const { traceparent = '', ...others } = sent.attributes ?? {};
    const parked = { body: sent.body, attributes: { traceparent, reason: 'too large' } };
    await workbench.send(queue.name, queue === parkingQueue ? parked : sent);
    const report = await workbench.redrive(queue, FAST);
    assert.deepEqual(report, { sent: 1, left: 0, notDeleted: 0, later: 0, end: 'all' });
    assert.deepEqual(await workbench.receiveAll(CART_QUEUE), [
      { body: sent.body, attributes: { ...others, traceparent } },
    ]);
    assert.equal(await deadLetterCount(workbench.endpoint), 0);
    assert.deepEqual(
      workbench.records.map(({ outcome, who, destination }) => [outcome, who, destination]),
      ['sending', 'sent'].map((outcome) => [outcome, 'tester', queue.destination.name]),
    );
  });
}

test('a message that would fail again stays and is visible again, unless forced', async () => {
  await using workbench = await openWorkbench();
  const invalid = productUpdated('wrong', { price: 'much' });
  await workbench.send(cartDlq.name, invalid, productUpdated('right'), { body: '{"eventType":"New"}' });
  const reasons: string[] = [];
  const onMessage: NonNullable<Parameters<typeof workbench.redrive>[1]['onMessage']> = (_, outcome) => {
    if (outcome.kind !== 'sent') reasons.push(outcome.reason);
  };
  const report = await workbench.redrive(cartDlq, { ...FAST, onMessage });
  assert.deepEqual([report.sent, report.left, report.end], [1, 2, 'all']);
  assert.match(reasons.join('\n'), /^\/price: .*\nunknown event type/);
  assert.equal((await workbench.depth(cartDlq)).visible, 2);
  const forced = await workbench.redrive(cartDlq, { ...FAST, isForced: true });
  assert.deepEqual([forced.sent, forced.left], [2, 0]);
  assert.equal((await workbench.receiveAll(CART_QUEUE)).length, 3);
});

test('a message with emoji is redriven (interop A13)', async () => {
  await using workbench = await openWorkbench();
  const event = productUpdated('bike', { name: 'Bike 🚲 👩‍🔧' });
  await workbench.send(cartDlq.name, event);
  assert.equal((await workbench.redrive(cartDlq, FAST)).sent, 1);
  assert.deepEqual(sortedBodies(await workbench.receiveAll(CART_QUEUE)), sortedBodies([event]));
});

test('a message without a subscription stays parked, forced or not', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(parkingQueue.name, { body: '{"Records":[]}' }, { body: '{"eventType":"New"}' });
  const report = await workbench.redrive(parkingQueue, { ...FAST, isForced: true });
  assert.deepEqual([report.sent, report.left], [0, 2]);
  assert.equal((await workbench.receiveAll(parkingQueue.name)).length, 2);
});

test('a message that the topic still rejects stays parked, and is recorded', async () => {
  await using workbench = await openWorkbench();
  const name = 'x'.repeat(900);
  const large = productUpdated('large', { name, filler: 'x'.repeat(256 * 1024) });
  await workbench.send(parkingQueue.name, large);
  const report = await workbench.redrive(parkingQueue, FAST);
  assert.deepEqual([report.sent, report.left], [0, 1]);
  const [, refused] = workbench.records;
  assert.equal(refused?.outcome, 'refused');
  assert.match(refused?.messages[0]?.reason ?? '', /a topic takes/);
  assert.deepEqual(await workbench.receiveAll(parkingQueue.name), [
    { ...large, attributes: large.attributes },
  ]);
});

test('the rate limits the messages per second', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(12));
  await workbench.redrive(cartDlq, { rate: 6 });
  const sending = workbench.records.filter(({ outcome }) => outcome === 'sending');
  assert.deepEqual(
    sending.map(({ messages }) => messages.length),
    [6, 6],
  );
  const [first = 0, second = 0] = sending.map(({ time }) => Date.parse(time));
  assert.ok(second - first >= 990, `${second - first} ms`);
});

test('only the message with the given message id or event id is redriven', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(30));
  const [, second] = await workbench.show(cartDlq, { limit: 2 });
  assert.ok(second);
  const byMessageId = await workbench.redrive(cartDlq, { ...FAST, only: second.messageId });
  assert.deepEqual([byMessageId.sent, byMessageId.end], [1, 'found']);
  assert.equal((await workbench.redrive(cartDlq, { ...FAST, only: 'product/p25/2/0' })).sent, 1);
  assert.deepEqual(
    sortedBodies(await workbench.receiveAll(CART_QUEUE)),
    sortedBodies([second, productUpdated('p25')]),
  );
  const none = await workbench.redrive(cartDlq, { ...FAST, only: 'nothing' });
  assert.deepEqual([none.sent, none.left, none.end], [0, 0, 'all']);
  assert.equal((await workbench.receiveAll(cartDlq.name)).length, 28);
});

test('a dry run returns the same report, and changes nothing', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(12), { body: 'no JSON' });
  const report = await workbench.redrive(cartDlq, { rate: 1, isDryRun: true });
  assert.deepEqual([report.sent, report.left, report.end], [12, 1, 'all']);
  assert.deepEqual(workbench.records, []);
  assert.equal(await depth(workbench.endpoint, CART_QUEUE), 0);
  assert.equal((await workbench.receiveAll(cartDlq.name)).length, 13, 'all messages are visible');
});
