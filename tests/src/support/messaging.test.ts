import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { openClients, receiveEach, startMessaging } from './messaging.ts';

test('a receiver has handled every message that it deleted, although messaging stops in between', async () => {
  await using messaging = await startMessaging();
  using clients = openClients(messaging.endpoint);
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: 'stopped' }));
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: String(i) }));
  await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

  const handled: string[] = [];
  let calls = 0;
  const stopping = {
    send: (command: never): never => {
      calls += 1;
      if (calls === 3) throw new Error('connection refused');
      return clients.sqs.send(command) as never;
    },
  };
  const receiving = receiveEach(stopping, { QueueUrl }, ({ Body }) => handled.push(String(Body)));
  await assert.rejects(receiving, /connection refused/);
  assert.deepEqual(new Set(handled), new Set(Entries.map(({ MessageBody }) => MessageBody)));
});
