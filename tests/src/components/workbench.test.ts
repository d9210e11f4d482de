import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadLetters, depth } from '../support/queues.ts';
import {
  before,
  CART_QUEUE,
  cartDlq,
  FAST,
  many,
  openBench,
  parking,
  productUpdated,
  sorted,
  subscriptionDlq,
  TRACE,
} from '../support/workbench.ts';

test('every queue that keeps what went wrong is listed, with where it goes', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(12));
  await it.put(parking.name, productUpdated('parked'));
  const states = await it.list();
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
      ['product-cart-events-subscription-dlq', 0, 0, undefined, 'product-cart-events-queue'],
      ['cart-product-updates-subscription-dlq', 0, 0, undefined, 'cart-product-updates-queue'],
      ['product-relay-parking-queue', 1, 0, true, 'product-events-topic'],
      ['cart-relay-parking-queue', 0, 0, undefined, 'cart-events-topic'],
    ],
  );
});

test('show gives the reason, and leaves every message receivable', async () => {
  await using it = await openBench();
  const bodies = ['no JSON', '[1]', '{"eventType":"ProductReviewed"}', '{"eventType":"ProductDeleted"}'];
  await it.put(cartDlq.name, productUpdated('fine'), ...bodies.map((body) => ({ body })));
  const letters = await it.show(cartDlq, { limit: 10 });
  const [fine, ...others] = letters;
  assert.deepEqual(
    [fine?.reading, fine?.eventType, fine?.eventId, fine?.traceId],
    [{ kind: 'valid' }, 'ProductUpdated', 'product/fine/2/0', TRACE],
  );
  const faults = others.map(({ reading }) =>
    reading.kind === 'invalid' ? reading.faults.map(({ pointer }) => pointer) : reading.kind,
  );
  assert.deepEqual(faults, ['notJson', [''], 'unknownType', ['/productId', '/version', '/updatedAt']]);
  assert.equal((await it.show(cartDlq, { limit: 2 })).length, 2);
  assert.equal((await it.take(cartDlq.name)).length, 5);
});

test('a look that fails, or is interrupted, hides nothing', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(30));
  const stop = new AbortController();
  before(it.target.sqs, 'ReceiveMessageCommand', (call) => {
    if (call === 2) stop.abort();
    if (call === 5) throw new Error('the line is cut');
  });
  assert.equal((await it.show(cartDlq, { limit: 30, signal: stop.signal })).length, 20);
  await assert.rejects(it.show(cartDlq, { limit: 30 }), /sqs:ReceiveMessage on .*the line is cut/);
  assert.equal((await it.take(cartDlq.name)).length, 30);
});

for (const queue of [cartDlq, subscriptionDlq, parking]) {
  test(`messages of ${queue.name} reach Cart's queue with body and attributes unchanged`, async () => {
    await using it = await openBench();
    const sent = productUpdated('p');
    const { traceparent = '', ...others } = sent.attributes ?? {};
    const parked = { body: sent.body, attributes: { traceparent, reason: 'too large' } };
    await it.put(queue.name, queue === parking ? parked : sent);
    const report = await it.redrive(queue, FAST);
    assert.deepEqual(report, { sent: 1, left: 0, notDeleted: 0, later: 0, end: 'all' });
    assert.deepEqual(await it.take(CART_QUEUE), [
      { body: sent.body, attributes: { ...others, traceparent } },
    ]);
    assert.equal(await deadLetters(it.endpoint), 0);
    assert.deepEqual(
      it.records.map(({ outcome, who, destination }) => [outcome, who, destination]),
      ['sending', 'sent'].map((outcome) => [outcome, 'tester', queue.destination.name]),
    );
  });
}

test('a message that would fail again stays and is visible again, unless forced', async () => {
  await using it = await openBench();
  const invalid = productUpdated('wrong', { price: 'much' });
  await it.put(cartDlq.name, invalid, productUpdated('right'), { body: '{"eventType":"New"}' });
  const left: string[] = [];
  const onMessage: NonNullable<Parameters<typeof it.redrive>[1]['onMessage']> = (_, fate) => {
    if (fate.kind !== 'sent') left.push(fate.reason);
  };
  const report = await it.redrive(cartDlq, { ...FAST, onMessage });
  assert.deepEqual([report.sent, report.left, report.end], [1, 2, 'all']);
  assert.match(left.join('\n'), /^\/price: .*\nunknown event type/);
  assert.equal((await it.depth(cartDlq)).visible, 2);
  const forced = await it.redrive(cartDlq, { ...FAST, isForced: true });
  assert.deepEqual([forced.sent, forced.left], [2, 0]);
  assert.equal((await it.take(CART_QUEUE)).length, 3);
});

test('a message without a subscription stays parked, forced or not', async () => {
  await using it = await openBench();
  await it.put(parking.name, { body: '{"Records":[]}' }, { body: '{"eventType":"New"}' });
  const report = await it.redrive(parking, { ...FAST, isForced: true });
  assert.deepEqual([report.sent, report.left], [0, 2]);
  assert.equal((await it.take(parking.name)).length, 2);
});

test('what the topic still refuses stays parked, and is on record', async () => {
  await using it = await openBench();
  const name = 'x'.repeat(900);
  const large = productUpdated('large', { name, filler: 'x'.repeat(256 * 1024) });
  await it.put(parking.name, large);
  const report = await it.redrive(parking, FAST);
  assert.deepEqual([report.sent, report.left], [0, 1]);
  const [, refused] = it.records;
  assert.equal(refused?.outcome, 'refused');
  assert.match(refused?.messages[0]?.reason ?? '', /a topic takes/);
  assert.deepEqual(await it.take(parking.name), [{ ...large, attributes: large.attributes }]);
});

test('no more than the rate is sent in a second', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(12));
  await it.redrive(cartDlq, { rate: 6 });
  const sending = it.records.filter(({ outcome }) => outcome === 'sending');
  assert.deepEqual(
    sending.map(({ messages }) => messages.length),
    [6, 6],
  );
  const [first = 0, second = 0] = sending.map(({ time }) => Date.parse(time));
  assert.ok(second - first >= 990, `${second - first} ms`);
});

test('one is redriven by its id or by its event, and no other', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(30));
  const [, second] = await it.show(cartDlq, { limit: 2 });
  assert.ok(second);
  const one = await it.redrive(cartDlq, { ...FAST, only: second.messageId });
  assert.deepEqual([one.sent, one.end], [1, 'found']);
  assert.equal((await it.redrive(cartDlq, { ...FAST, only: 'product/p25/2/0' })).sent, 1);
  assert.deepEqual(sorted(await it.take(CART_QUEUE)), sorted([second, productUpdated('p25')]));
  const none = await it.redrive(cartDlq, { ...FAST, only: 'nothing' });
  assert.deepEqual([none.sent, none.left, none.end], [0, 0, 'all']);
  assert.equal((await it.take(cartDlq.name)).length, 28);
});

test('a dry run reports the same, and changes nothing', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(12), { body: 'no JSON' });
  const report = await it.redrive(cartDlq, { rate: 1, isDryRun: true });
  assert.deepEqual([report.sent, report.left, report.end], [12, 1, 'all']);
  assert.deepEqual(it.records, []);
  assert.equal(await depth(it.endpoint, CART_QUEUE), 0);
  assert.equal((await it.take(cartDlq.name)).length, 13, 'all of it can be received');
});
