import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { createBacklogReceiver, deleteMessages } from './backlog.ts';

const messages = (count: number) =>
  Array.from({ length: count }, (_, i): Message => ({ ReceiptHandle: String(i) }));

/** A queue with so many messages, whose responses may fail. */
function open(count: number, { isDown = () => false }: { isDown?: () => boolean } = {}) {
  const stored = messages(count);
  let receives = 0;
  const deletes: number[] = [];
  const take = () => stored.splice(0, 10);
  const send = async (command: unknown) => {
    if (command instanceof DeleteMessageBatchCommand) {
      deletes.push(command.input.Entries?.length ?? 0);
      if (isDown()) throw new Error('the queue is down');
      return {};
    }
    assert.ok(command instanceof ReceiveMessageCommand);
    assert.equal(command.input.WaitTimeSeconds, 0, 'a full batch does not wait for more');
    receives += 1;
    if (isDown()) throw new Error('the queue is down');
    return { Messages: take() };
  };
  return { sqs: { send } as unknown as SQSClient, take, deletes, receives: () => receives };
}

/** Sizes of the batches until the queue is empty. */
async function drain(count: number, maxBatchSize: number) {
  const { sqs, take, receives } = open(count);
  const backlog = createBacklogReceiver(sqs, 'queue', maxBatchSize);
  const sizes: number[] = [];
  for (let received = take(); received.length > 0; received = take())
    sizes.push(received.length + (await backlog.more(received)).length);
  return { sizes, receives: receives() };
}

test('batches double while there is a backlog, up to the largest batch', async () => {
  assert.deepEqual((await drain(400, 90)).sizes, [10, 20, 40, 80, 90, 90, 70]);
  assert.deepEqual((await drain(50, 100)).sizes, [10, 20, 20]);
});

test('a queue without a backlog costs no additional requests', async () => {
  const { sqs, receives } = open(0);
  const backlog = createBacklogReceiver(sqs, 'queue', 90);
  for (const size of [1, 9, 5]) assert.deepEqual(await backlog.more(messages(size)), []);
  assert.equal(receives(), 0);
  await backlog.more(messages(10));
  await backlog.more([{}]);
  await backlog.more(messages(10));
  assert.equal(receives(), 0, 'a batch that was not full resets the doubling');
});

test('a consumer whose largest batch is one receive never gathers', async () => {
  assert.deepEqual(await drain(30, 10), { sizes: [10, 10, 10], receives: 0 });
});

test('a receive that fails adds nothing, and loses nothing that others received', async () => {
  let calls = 0;
  const { sqs, take } = open(100, { isDown: () => (calls += 1) % 2 === 0 });
  const backlog = createBacklogReceiver(sqs, 'queue', 90);
  const seen = new Set<string | undefined>();
  for (let received = take(); received.length > 0; received = take())
    for (const { ReceiptHandle } of [...received, ...(await backlog.more(received))]) seen.add(ReceiptHandle);
  assert.equal(seen.size, 100);
});

test('messages are deleted ten a request, and a request that fails does not reject', async () => {
  const { sqs, deletes } = open(0);
  await deleteMessages(sqs, 'queue', messages(25));
  assert.deepEqual(deletes, [10, 10, 5]);
  await deleteMessages(open(0, { isDown: () => true }).sqs, 'queue', messages(25));
});
