import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productUpdated } from '../support/events.ts';
import { depth } from '../support/queues.ts';
import { beforeCommand, CART_QUEUE, cartDlq, FAST, openWorkbench, productUpdates } from './workbench.ts';

const poison = (eventId: string) => ({
  body: JSON.stringify({ eventType: 'ProductDeleted', eventId, productId: 'p', version: 'x' }),
  attributes: { eventType: 'ProductDeleted', eventId, poison: '1' },
});

test('the selected messages are discarded, after each was recorded in full', async () => {
  await using workbench = await openWorkbench();
  const ids = Array.from({ length: 25 }, (_, i) => `poison/${i}`);
  await workbench.send(cartDlq.name, ...ids.map(poison), ...productUpdates(15));
  const options = { why: 'drill', selection: { type: 'ProductDeleted' } };
  const dry = await workbench.discard(cartDlq, { ...options, isDryRun: true });
  assert.deepEqual(dry, { discarded: 25, notDeleted: 0, end: 'all' });
  assert.equal(await depth(workbench.endpoint, cartDlq.name), 40);
  assert.equal(workbench.records.length, 0);

  const report = await workbench.discard(cartDlq, options);
  assert.deepEqual(report, { discarded: 25, notDeleted: 0, end: 'all' });
  const recorded = workbench.records.flatMap(({ messages }) => messages);
  assert.deepEqual(recorded.map(({ eventId = '' }) => eventId).toSorted(), ids.toSorted());
  const [first] = recorded;
  assert.equal(first?.body, poison(first?.eventId ?? '').body);
  assert.partialDeepStrictEqual(first?.attributes, { poison: { DataType: 'String', StringValue: '1' } });
  for (const { who, why, outcome, queue, destination } of workbench.records)
    assert.deepEqual(
      [who, why, outcome, queue, destination],
      ['tester', 'drill', 'discarded', cartDlq.name, undefined],
    );
  assert.equal((await workbench.depth(cartDlq)).visible, 15, 'the others are visible');

  const rest = await workbench.discard(cartDlq, { why: 'drill', selection: {} });
  assert.deepEqual(rest, { discarded: 15, notDeleted: 0, end: 'all' });
  assert.equal(await depth(workbench.endpoint, cartDlq.name), 0);
});

test('one message is discarded by its id; text and reason select too', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, poison('a/1'), poison('a/2'), ...productUpdates(5));
  const one = await workbench.discard(cartDlq, { why: 'one', selection: { only: 'a/2' } });
  assert.deepEqual(one, { discarded: 1, notDeleted: 0, end: 'found' });
  const none = await workbench.discard(cartDlq, { why: 'none', selection: { only: 'a/2' } });
  assert.deepEqual(none, { discarded: 0, notDeleted: 0, end: 'all' });
  const byText = await workbench.discard(cartDlq, { why: 'text', selection: { text: 'PRODUCT/P3/' } });
  assert.equal(byText.discarded, 1);
  const reason = 'would be accepted now';
  const byReason = await workbench.discard(cartDlq, { why: 'reason', selection: { reason } });
  assert.equal(byReason.discarded, 4);
  assert.equal((await workbench.receiveAll(cartDlq.name)).length, 1);
});

test('without a record nothing is discarded, and what was not deleted is reported', async () => {
  await using failing = await openWorkbench({
    saveRecord: () => Promise.reject(new Error('disk full')),
  });
  await failing.send(cartDlq.name, poison('a'));
  await assert.rejects(failing.discard(cartDlq, { why: 'test', selection: {} }), /disk full/);
  assert.equal((await failing.receiveAll(cartDlq.name)).length, 1);

  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, poison('a'), poison('b'));
  beforeCommand(workbench.sqs, 'DeleteMessageBatchCommand', () => {
    throw new Error('connection reset');
  });
  await assert.rejects(workbench.discard(cartDlq, { why: 'test', selection: {} }), /connection reset/);
  assert.equal((await workbench.depth(cartDlq)).visible, 2, 'visible again');
});

test('an edited message is sent if its body is valid, recorded before and after, and has the attributes of its body', async () => {
  await using workbench = await openWorkbench();
  const { body, attributes } = productUpdated('mug', { price: 'much' });
  const right = productUpdated('mug', { price: 900 });
  await workbench.send(
    cartDlq.name,
    { body, attributes: { ...attributes, eventType: 'ProductCreated' } },
    productUpdated('other'),
  );
  const only = 'product/mug/2/0';
  const wrong = await workbench.redrive(cartDlq, { ...FAST, only, body: '{"eventType":"ProductUpdated"}' });
  assert.deepEqual([wrong.sent, wrong.left], [0, 1]);
  assert.equal(workbench.records.length, 0);
  await assert.rejects(workbench.redrive(cartDlq, { ...FAST, body: right.body }), TypeError);

  const report = await workbench.redrive(cartDlq, { ...FAST, only, body: right.body });
  assert.deepEqual([report.sent, report.left, report.end], [1, 0, 'found']);
  assert.deepEqual(await workbench.receiveAll(CART_QUEUE), [right]);
  const [sending] = workbench.records;
  assert.partialDeepStrictEqual(sending?.messages[0], { eventId: only, body, editedBody: right.body });
  assert.equal((await workbench.receiveAll(cartDlq.name)).length, 1);
});
