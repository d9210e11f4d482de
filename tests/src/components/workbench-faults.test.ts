import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type DeleteMessageBatchCommandInput,
  ReceiveMessageCommand,
  type SendMessageBatchCommandInput,
} from '@aws-sdk/client-sqs';
import { deadLetterQueues } from '@tandem/dlq/queues';
import { queueUrl } from '@tandem/emulators/messaging-config';
import * as fc from 'fast-check';
import { productUpdated } from '../support/events.ts';
import { depth, type TestMessage } from '../support/queues.ts';
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

test('each batch is recorded before it is sent and before it is deleted; a failed record stops the redrive', async () => {
  const states: unknown[] = [];
  await using workbench = await openWorkbench({
    async saveRecord({ outcome }) {
      states.push([
        outcome,
        await depth(workbench.endpoint, CART_QUEUE),
        await depth(workbench.endpoint, cartDlq.name),
      ]);
    },
  });
  await workbench.send(cartDlq.name, ...productUpdates(2));
  await workbench.redrive(cartDlq, FAST);
  assert.deepEqual(states, [
    ['sending', 0, 2],
    ['sent', 2, 2],
  ]);

  await using full = await openWorkbench({ saveRecord: () => Promise.reject(new Error('disk full')) });
  await full.send(cartDlq.name, ...productUpdates(2));
  await assert.rejects(full.redrive(cartDlq, FAST), /disk full/);
  assert.deepEqual([await depth(full.endpoint, CART_QUEUE), (await full.depth(cartDlq)).visible], [0, 2]);
});

test('if it is unknown whether a batch was sent, nothing is deleted, and the next redrive continues', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(25));
  beforeCommand(workbench.sqs, 'SendMessageBatchCommand', (call) => {
    if (call === 2) throw new Error('connection reset');
  });
  await assert.rejects(workbench.redrive(cartDlq, FAST), /sqs:SendMessage on .*connection reset/);
  assert.equal(workbench.records.at(-1)?.outcome, 'unknown');
  assert.equal((await workbench.depth(cartDlq)).visible, 15);
  assert.equal((await workbench.redrive(cartDlq, FAST)).sent, 15);
  assert.deepEqual(sortedBodies(await workbench.receiveAll(CART_QUEUE)), sortedBodies(productUpdates(25)));
});

test('a message that was sent but could not be deleted is sent again by the next redrive only', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(3));
  let isFailing = true;
  workbench.sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'DeleteMessageBatchCommand' || !isFailing) return next(args);
        const { Entries: [first, ...Entries] = [], ...input } = args.input as DeleteMessageBatchCommandInput;
        const response = await next({ ...args, input: { ...input, Entries } });
        return { ...response, output: { ...response.output, Failed: [{ Id: first?.Id }] } };
      },
    { step: 'initialize' },
  );
  const report = await workbench.redrive(cartDlq, FAST);
  assert.deepEqual(report, { sent: 2, left: 0, notDeleted: 1, later: 0, end: 'all' });
  assert.deepEqual(
    workbench.records.map(({ outcome, messages }) => [outcome, messages.length]),
    [
      ['sending', 3],
      ['sent', 3],
      ['notDeleted', 1],
    ],
  );
  isFailing = false;
  assert.equal((await workbench.redrive(cartDlq, FAST)).sent, 1);
  assert.equal((await workbench.receiveAll(CART_QUEUE)).length, 4);
});

test('a message that its queue rejects stays, with the reason; the others are sent', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(3));
  workbench.sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'SendMessageBatchCommand') return next(args);
        const { Entries: [first, ...Entries] = [], ...input } = args.input as SendMessageBatchCommandInput;
        const response = await next({ ...args, input: { ...input, Entries } });
        const Failed = [{ Id: first?.Id, Code: 'InvalidMessageContents', Message: 'invalid' }];
        return { ...response, output: { ...response.output, Failed } };
      },
    { step: 'initialize' },
  );
  const report = await workbench.redrive(cartDlq, FAST);
  assert.deepEqual([report.sent, report.left], [2, 1]);
  const rejected = workbench.records.filter(({ outcome }) => outcome === 'refused');
  assert.deepEqual(
    rejected.map(({ messages }) => messages.map(({ eventId, reason }) => [eventId, reason])),
    [[['product/p0/2/0', 'InvalidMessageContents: invalid']]],
  );
  assert.deepEqual(sortedBodies(await workbench.receiveAll(cartDlq.name)), sortedBodies(productUpdates(1)));
});

test('a message that is received again after its lease counts once', async () => {
  await using workbench = await openWorkbench({ leaseSeconds: 1 });
  await workbench.send(cartDlq.name, ...productUpdates(12));
  beforeCommand(workbench.sqs, 'ReceiveMessageCommand', (call) => (call === 2 ? delay(1_100) : undefined));
  const report = await workbench.redrive(cartDlq, { ...FAST, isDryRun: true });
  assert.deepEqual([report.sent, report.end], [12, 'all']);
  assert.deepEqual(await workbench.depth(cartDlq), { visible: 12, inFlight: 0 });
});

test('an interrupted redrive finishes its batch, and the next redrive continues', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(35));
  const stop = new AbortController();
  let messages = 0;
  const onMessage = () => {
    if ((messages += 1) === 11) stop.abort();
  };
  const report = await workbench.redrive(cartDlq, { ...FAST, signal: stop.signal, onMessage });
  assert.deepEqual([report.sent, report.end], [20, 'interrupted']);
  assert.deepEqual(await workbench.depth(cartDlq), { visible: 15, inFlight: 0 });
  assert.equal((await workbench.redrive(cartDlq, FAST)).sent, 15);
  assert.deepEqual(sortedBodies(await workbench.receiveAll(CART_QUEUE)), sortedBodies(productUpdates(35)));
});

test('a redrive ends although its messages are dead-lettered again at once', async () => {
  await using workbench = await openWorkbench();
  const invalid = productUpdated('wrong', { version: 0 });
  await workbench.send(cartDlq.name, invalid, invalid, invalid);
  let returned = 0;
  // As after a failed consumer: the message is a dead letter again before the redrive's next receive.
  beforeCommand(workbench.sqs, 'DeleteMessageBatchCommand', async () => {
    returned += 1;
    if (returned <= 3) await workbench.send(cartDlq.name, invalid);
  });
  const report = await workbench.redrive(cartDlq, { rate: 1, isForced: true });
  assert.deepEqual([report.sent, report.later, report.end], [3, 3, 'all']);
  assert.equal((await workbench.depth(cartDlq)).visible, 3);
});

test('concurrent redrives share the messages, and send none twice', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(60));
  const reports = await Promise.all([workbench.redrive(cartDlq, FAST), workbench.redrive(cartDlq, FAST)]);
  assert.equal(
    reports.reduce((sum, { sent }) => sum + sent, 0),
    60,
  );
  assert.deepEqual(sortedBodies(await workbench.receiveAll(CART_QUEUE)), sortedBodies(productUpdates(60)));
});

test('messages in flight elsewhere are counted, and left', async () => {
  await using workbench = await openWorkbench();
  await workbench.send(cartDlq.name, ...productUpdates(3));
  const QueueUrl = queueUrl(workbench.endpoint, cartDlq.name);
  await workbench.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.deepEqual(await workbench.depth(cartDlq), { visible: 2, inFlight: 1 });
  assert.equal((await workbench.redrive(cartDlq, FAST)).sent, 2);
  assert.deepEqual(await workbench.depth(cartDlq), { visible: 0, inFlight: 1 });
});

test('a thousand messages are redriven in batches of ten, with a bounded number in flight', async () => {
  await using workbench = await openWorkbench({ maxLeased: 50 });
  await workbench.send(cartDlq.name, ...productUpdates(1_000));
  const report = await workbench.redrive(cartDlq, FAST);
  assert.deepEqual([report.sent, report.end], [1_000, 'all']);
  assert.ok(workbench.records.every(({ messages }) => messages.length <= 10));
  assert.equal((await workbench.receiveAll(CART_QUEUE)).length, 1_000);

  await workbench.send(cartDlq.name, ...Array.from({ length: 100 }, () => ({ body: 'no JSON' })));
  const stuck = await workbench.redrive(cartDlq, FAST);
  assert.deepEqual([stuck.left, stuck.end], [50, 'full']);
  assert.deepEqual(await workbench.depth(cartDlq), { visible: 100, inFlight: 0 });
});

const message = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 50 }).map((body): TestMessage => ({ body })),
  fc
    .json({ maxDepth: 2 })
    .filter((body) => body.isWellFormed() && !/[\uFFFE\uFFFF\u007f-\u009f]/.test(body))
    .map((body): TestMessage => ({ body })),
  fc.nat({ max: 5 }).map((n) => productUpdated(`p${n}`)),
  fc
    .constantFrom('ProductCreated', 'CartExpired', 'New')
    .map((eventType) => productUpdated('p', { eventType })),
);

test('for any queue, forced or not: sent and remaining messages add up to the initial ones', async () => {
  await using workbench = await openWorkbench();
  const queues = deadLetterQueues.filter(({ name }) => /^cart-product|^product-relay/.test(name));
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { maxLength: 25 }),
      fc.constantFrom(...queues),
      fc.boolean(),
      async (messages, queue, isForced) => {
        await workbench.send(queue.name, ...messages);
        await workbench.redrive(queue, { ...FAST, isForced });
        const [sent, left] = [await workbench.receiveAll(CART_QUEUE), await workbench.receiveAll(queue.name)];
        assert.deepEqual(sortedBodies([...sent, ...left]), sortedBodies(messages));
        if (isForced && queue !== parkingQueue) assert.deepEqual(left, []);
      },
    ),
    { numRuns: 50 },
  );
});
