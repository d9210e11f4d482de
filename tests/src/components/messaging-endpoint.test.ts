import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { queueUrl, topicArn } from '@tandem/emulators/messaging-config';
import { clientOptions, openClients, receiveAll, startMessaging } from '../support/messaging.ts';

const messaging = await startMessaging();
const { endpoint } = messaging;
const { port } = new URL(endpoint);
const clients = openClients(endpoint);
after(async () => {
  clients[Symbol.dispose]();
  await messaging[Symbol.asyncDispose]();
});

const QUEUE = 'product-cart-events-queue';
const SQS_LIST = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ListQueues' };

/** Sends a request without the headers that fetch adds or forbids. */
async function send(
  headers: Readonly<Record<string, string>>,
  { method = 'POST', path = '/', body = '{}' } = {},
) {
  const sent = request({ host: '127.0.0.1', port, method, path, headers: { ...SQS_LIST, ...headers } });
  sent.end(method === 'POST' ? body : undefined);
  const [response] = await once(sent, 'response');
  return { status: Number(response.statusCode), headers: response.headers, text: await text(response) };
}

for (const host of [
  'localhost',
  'LOCALHOST',
  `localhost:${port}`,
  `127.0.0.1:${port}`,
  '127.0.0.1',
  `[::1]:${port}`,
  '192.0.2.7:80',
])
  test(`a client may call SNS and SQS as ${host}`, async () => {
    assert.equal((await send({ host })).status, 200);
  });

const foreignHosts = [
  `evil.example:${port}`,
  'evil.example',
  'localhost.evil.example',
  'evil.localhost',
  'sqs.us-east-1.localhost:4566',
  '127.0.0.1.evil.example',
  '127.0.0.1@evil.example',
  '0x7f000001',
  '2130706433',
  '127.1',
  '[::1',
  '[evil.example]',
  'localhost:1:2',
  'bucket.localhost',
];
for (const host of foreignHosts)
  test(`a request for the host "${host}" is rejected: a page may have rebound its name (security 5)`, async () => {
    const { status, text } = await send({ host });
    assert.equal(status, 403);
    assert.doesNotMatch(text, /queue/i);
  });

const browserHeaders = [
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { origin: '' },
  { origin: `http://127.0.0.1` },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'same-origin' },
  { referer: 'http://evil.example/' },
];
for (const headers of browserHeaders)
  test(`a request of a browser, with ${JSON.stringify(headers)}, is rejected (security 5)`, async () => {
    assert.equal((await send(headers as Record<string, string>)).status, 403);
  });

test('a CORS preflight is rejected without Access-Control headers (security 5)', async () => {
  const preflight = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
  const { status, headers } = await send(preflight, { method: 'OPTIONS' });
  assert.equal(status, 403);
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('access-control')),
    [],
  );
});

for (const [method, path] of [
  ['GET', '/'],
  ['GET', '/health'],
  ['GET', '/_fauxqs/queues'],
  ['GET', `/_fauxqs/queues/${QUEUE}`],
  ['PUT', '/bucket'],
  ['PUT', '/bucket/key'],
  ['GET', '/bucket/key'],
  ['HEAD', '/bucket'],
  ['POST', '/bucket?delete'],
  ['DELETE', '/bucket'],
  ['OPTIONS', '/'],
  ['POST', '//'],
  ['POST', '/%2e'],
] as const)
  test(`${method} ${path} is no route of SNS and SQS (security 5)`, async () => {
    assert.equal((await send({}, { method, path })).status, 404);
  });

for (const host of ['127.0.0.1', 'localhost'])
  test(`an unconfigured client of http://${host} gets queue URLs that it can call (interop A12)`, async () => {
    const called = `http://${host}:${port}`;
    const sqs = new SQSClient(clientOptions(called));
    try {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }));
      assert.equal(QueueUrl, queueUrl(called, QUEUE));
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
      assert.ok(
        QueueUrls.includes(queueUrl(called, QUEUE)) && QueueUrls.every((url) => url.startsWith(`${called}/`)),
      );
      const created = await sqs.send(
        new CreateQueueCommand({ QueueName: `own-${host.replaceAll('.', '-')}` }),
      );
      assert.ok(created.QueueUrl?.startsWith(`${called}/`));
      const again = await clients.sqs.send(
        new CreateQueueCommand({ QueueName: `own-${host.replaceAll('.', '-')}` }),
      );
      assert.ok(again.QueueUrl?.startsWith(`${endpoint}/`));
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'sent' }));
    } finally {
      sqs.destroy();
    }
    for (const other of ['127.0.0.1', 'localhost']) {
      const url = queueUrl(`http://${other}:${port}`, QUEUE);
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0 }),
      );
      assert.deepEqual(
        Messages.map(({ Body }) => Body),
        ['sent'],
        `the queue as ${other} names it`,
      );
    }
    await receiveAll(clients.sqs, queueUrl(endpoint, QUEUE));
  });

test('emoji and all other characters above U+FFFF are valid in messages (interop A13)', async () => {
  const QueueUrl = queueUrl(endpoint, QUEUE);
  const TopicArn = topicArn('cart-events-topic');
  const body = (via: string) => JSON.stringify({ via, text: '🚲 👩‍👩‍👧 𝒳 \u{10FFFF} \u{1F1E9}\u{1F1EA}' });
  const MessageAttributes = {
    eventType: { DataType: 'String', StringValue: 'CartCheckedOut' },
    emoji: { DataType: 'String', StringValue: '🚲' },
  };
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body('send'), MessageAttributes }));
  const { Failed } = await clients.sqs.send(
    new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: body('sendBatch') }] }),
  );
  assert.deepEqual(Failed ?? [], []);
  await clients.sns.send(new PublishCommand({ TopicArn, Message: body('publish'), MessageAttributes }));
  await clients.sns.send(
    new PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [{ Id: 'a', Message: body('publishBatch'), MessageAttributes }],
    }),
  );
  const received = (await receiveAll(clients.sqs, QueueUrl)).map(({ Body }) => Body);
  assert.deepEqual(
    received.toSorted((a = '', b = '') => a.localeCompare(b)),
    ['publish', 'publishBatch', 'send', 'sendBatch'].map(body).toSorted((a, b) => a.localeCompare(b)),
  );
});

for (const character of ['\u0000', '\u0008', '\uFFFE', '\uFFFF', '\uD83D'])
  test(`SQS rejects the character ${JSON.stringify(character)} as on AWS`, async () => {
    const QueueUrl = queueUrl(endpoint, QUEUE);
    const body = JSON.stringify({ QueueUrl, MessageBody: `a${character}` });
    const { status, text } = await send({ 'x-amz-target': 'AmazonSQS.SendMessage' }, { body });
    assert.equal(status, 400);
    assert.match(text, /InvalidMessageContents/);
  });
