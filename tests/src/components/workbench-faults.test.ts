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
import { depth } from '../support/queues.ts';
import {
  before,
  CART_QUEUE,
  cartDlq,
  FAST,
  many,
  openBench,
  parking,
  productUpdated,
  type Sent,
  sorted,
} from '../support/workbench.ts';

test('it is on record before it is sent and before it is deleted; a record that fails stops it', async () => {
  const seen: unknown[] = [];
  await using it = await openBench({
    async saveRecord({ outcome }) {
      seen.push([outcome, await depth(it.endpoint, CART_QUEUE), await depth(it.endpoint, cartDlq.name)]);
    },
  });
  await it.put(cartDlq.name, ...many(2));
  await it.redrive(cartDlq, FAST);
  assert.deepEqual(seen, [
    ['sending', 0, 2],
    ['sent', 2, 2],
  ]);

  await using full = await openBench({ saveRecord: () => Promise.reject(new Error('disk full')) });
  await full.put(cartDlq.name, ...many(2));
  await assert.rejects(full.redrive(cartDlq, FAST), /disk full/);
  assert.deepEqual([await depth(full.endpoint, CART_QUEUE), (await full.depth(cartDlq)).visible], [0, 2]);
});

test('where it is not known whether a batch was sent, nothing is deleted, and running it again goes on', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(25));
  before(it.target.sqs, 'SendMessageBatchCommand', (call) => {
    // Those before are of `put`.
    if (call === 2) throw new Error('the line is cut');
  });
  await assert.rejects(it.redrive(cartDlq, FAST), /sqs:SendMessage on .*the line is cut/);
  assert.equal(it.records.at(-1)?.outcome, 'unknown');
  assert.equal((await it.depth(cartDlq)).visible, 15);
  assert.equal((await it.redrive(cartDlq, FAST)).sent, 15);
  assert.deepEqual(sorted(await it.take(CART_QUEUE)), sorted(many(25)));
});

test('a message that was sent but could not be deleted is sent again by the next redrive only', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(3));
  let isRefused = true;
  it.target.sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'DeleteMessageBatchCommand' || !isRefused) return next(args);
        const { Entries: [first, ...Entries] = [], ...input } = args.input as DeleteMessageBatchCommandInput;
        const response = await next({ ...args, input: { ...input, Entries } });
        return { ...response, output: { ...response.output, Failed: [{ Id: first?.Id }] } };
      },
    { step: 'initialize' },
  );
  const report = await it.redrive(cartDlq, FAST);
  assert.deepEqual(report, { sent: 2, left: 0, notDeleted: 1, later: 0, end: 'all' });
  assert.deepEqual(
    it.records.map(({ outcome, messages }) => [outcome, messages.length]),
    [
      ['sending', 3],
      ['sent', 3],
      ['notDeleted', 1],
    ],
  );
  isRefused = false;
  assert.equal((await it.redrive(cartDlq, FAST)).sent, 1);
  assert.equal((await it.take(CART_QUEUE)).length, 4);
});

test('a message that its queue rejects stays, with the reason; the others are sent', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(3));
  it.target.sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'SendMessageBatchCommand') return next(args);
        const { Entries: [first, ...Entries] = [], ...input } = args.input as SendMessageBatchCommandInput;
        const response = await next({ ...args, input: { ...input, Entries } });
        const Failed = [{ Id: first?.Id, Code: 'InvalidMessageContents', Message: 'as told' }];
        return { ...response, output: { ...response.output, Failed } };
      },
    { step: 'initialize' },
  );
  const report = await it.redrive(cartDlq, FAST);
  assert.deepEqual([report.sent, report.left], [2, 1]);
  const refused = it.records.filter(({ outcome }) => outcome === 'refused');
  assert.deepEqual(
    refused.map(({ messages }) => messages.map(({ eventId, reason }) => [eventId, reason])),
    [[['product/p0/2/0', 'InvalidMessageContents: as told']]],
  );
  assert.deepEqual(sorted(await it.take(cartDlq.name)), sorted(many(1)));
});

test('one that is held for so long that it comes again is the same one still', async () => {
  await using it = await openBench({ leaseSeconds: 1 });
  await it.put(cartDlq.name, ...many(12));
  before(it.target.sqs, 'ReceiveMessageCommand', (call) => (call === 2 ? delay(1_100) : undefined));
  const report = await it.redrive(cartDlq, { ...FAST, isDryRun: true });
  assert.deepEqual([report.sent, report.end], [12, 'all']);
  assert.deepEqual(await it.depth(cartDlq), { visible: 12, inFlight: 0 });
});

test('interrupted, it finishes the batch in hand, and the next one goes on', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(35));
  const stop = new AbortController();
  let seen = 0;
  const onMessage = () => {
    if ((seen += 1) === 11) stop.abort();
  };
  const report = await it.redrive(cartDlq, { ...FAST, signal: stop.signal, onMessage });
  assert.deepEqual([report.sent, report.end], [20, 'interrupted']);
  assert.deepEqual(await it.depth(cartDlq), { visible: 15, inFlight: 0 });
  assert.equal((await it.redrive(cartDlq, FAST)).sent, 15);
  assert.deepEqual(sorted(await it.take(CART_QUEUE)), sorted(many(35)));
});

test('it ends although what it sends comes back at once', async () => {
  await using it = await openBench();
  const invalid = productUpdated('wrong', { version: 0 });
  await it.put(cartDlq.name, invalid, invalid, invalid);
  let returned = 0;
  // As a consumer does that gives up: before the redrive looks again, what it sent is a dead letter.
  before(it.target.sqs, 'DeleteMessageBatchCommand', async () => {
    returned += 1;
    if (returned <= 3) await it.put(cartDlq.name, invalid);
  });
  const report = await it.redrive(cartDlq, { rate: 1, isForced: true });
  assert.deepEqual([report.sent, report.later, report.end], [3, 3, 'all']);
  assert.equal((await it.depth(cartDlq)).visible, 3);
});

test('two at once share the work, and send nothing twice', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(60));
  const reports = await Promise.all([it.redrive(cartDlq, FAST), it.redrive(cartDlq, FAST)]);
  assert.equal(
    reports.reduce((sum, { sent }) => sum + sent, 0),
    60,
  );
  assert.deepEqual(sorted(await it.take(CART_QUEUE)), sorted(many(60)));
});

test('what others hold is counted, and is not touched', async () => {
  await using it = await openBench();
  await it.put(cartDlq.name, ...many(3));
  const QueueUrl = queueUrl(it.endpoint, cartDlq.name);
  await it.target.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.deepEqual(await it.depth(cartDlq), { visible: 2, inFlight: 1 });
  assert.equal((await it.redrive(cartDlq, FAST)).sent, 2);
  assert.deepEqual(await it.depth(cartDlq), { visible: 0, inFlight: 1 });
});

test('a thousand messages are redriven in batches of ten, with a bounded number in flight', async () => {
  await using it = await openBench({ maxLeased: 50 });
  await it.put(cartDlq.name, ...many(1_000));
  const report = await it.redrive(cartDlq, FAST);
  assert.deepEqual([report.sent, report.end], [1_000, 'all']);
  assert.ok(it.records.every(({ messages }) => messages.length <= 10));
  assert.equal((await it.take(CART_QUEUE)).length, 1_000);

  await it.put(cartDlq.name, ...Array.from({ length: 100 }, () => ({ body: 'no JSON' })));
  const stuck = await it.redrive(cartDlq, FAST);
  assert.deepEqual([stuck.left, stuck.end], [50, 'full']);
  assert.deepEqual(await it.depth(cartDlq), { visible: 100, inFlight: 0 });
});

const message = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 50 }).map((body): Sent => ({ body })),
  fc
    .json({ maxDepth: 2 })
    .filter((body) => body.isWellFormed() && !/[\uFFFE\uFFFF\u007f-\u009f]/.test(body))
    .map((body): Sent => ({ body })),
  fc.nat({ max: 5 }).map((n) => productUpdated(`p${n}`)),
  fc
    .constantFrom('ProductCreated', 'CartExpired', 'New')
    .map((eventType) => productUpdated('p', { eventType })),
);

test('for any queue, forced or not: sent and remaining messages add up to the initial ones', async () => {
  await using it = await openBench();
  const queues = deadLetterQueues.filter(({ name }) => /^cart-product|^product-relay/.test(name));
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { maxLength: 25 }),
      fc.constantFrom(...queues),
      fc.boolean(),
      async (messages, queue, isForced) => {
        await it.put(queue.name, ...messages);
        await it.redrive(queue, { ...FAST, isForced });
        const [sent, left] = [await it.take(CART_QUEUE), await it.take(queue.name)];
        assert.deepEqual(sorted([...sent, ...left]), sorted(messages));
        if (isForced && queue !== parking) assert.deepEqual(left, []);
      },
    ),
    { numRuns: 50 },
  );
});
