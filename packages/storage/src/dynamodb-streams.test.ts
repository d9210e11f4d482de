import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { openStreamFeed } from './dynamodb-streams.ts';

type Body = Readonly<Record<string, unknown>>;

const record = (number: number) => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(number),
    NewImage: {
      pk: { S: 'thing#1' },
      version: { N: String(number) },
      events: { L: [{ M: { eventType: { S: 'ThingChanged' } } }] },
    },
  },
});

/** Serves a stream of one shard, whose calls of GetRecords have these responses, one after the other. */
async function serveStream(recordCalls: readonly (readonly [status: number, body: Body])[]) {
  const remaining = recordCalls.values();
  const iterators: Body[] = [];
  const respond: Readonly<Record<string, (input: Body) => readonly [status: number, body: Body]>> = {
    ListStreams: () => [200, { Streams: [{ StreamArn: 'arn:stream', StreamLabel: '2026' }] }],
    DescribeStream: () => [200, { StreamDescription: { Shards: [{ ShardId: 'shard' }] } }],
    GetShardIterator: (input) => {
      iterators.push(input);
      return [200, { ShardIterator: `iterator-${iterators.length}` }];
    },
    GetRecords: () => remaining.next().value ?? [200, { Records: [], NextShardIterator: 'last' }],
  };
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('DynamoDBStreams_20120810.', '');
    void json(request).then((input) => {
      const [status, body] = respond[operation]?.(input as Body) ?? [400, { __type: operation }];
      response.writeHead(status).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBStreamsClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
  return {
    feed: openStreamFeed(client, 'things'),
    iterators,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

for (const ended of ['ExpiredIteratorException', 'TrimmedDataAccessException'])
  test(`a feed continues after its last record when its iterator has ended: ${ended}`, async (t) => {
    await using stream = await serveStream([
      [200, { Records: [record(1)], NextShardIterator: 'next' }],
      [400, { __type: `com.amazonaws.dynamodb.v20120810#${ended}`, message: 'ended' }],
      [200, { Records: [record(2)], NextShardIterator: 'next' }],
    ]);
    const read = async () => {
      const [change = assert.fail('no change')] = await stream.feed.read(100, t.signal);
      await stream.feed.checkpoint(change);
      return change;
    };
    assert.equal((await read()).id, '1');
    const change = await read();
    assert.deepEqual([change.id, change.after?.events], ['2', [{ eventType: 'ThingChanged' }]]);
    assert.deepEqual(
      stream.iterators.map(({ ShardIteratorType, SequenceNumber }) => [ShardIteratorType, SequenceNumber]),
      [
        ['TRIM_HORIZON', undefined],
        ['AFTER_SEQUENCE_NUMBER', '1'],
      ],
    );
  });

test('a feed rejects with the error of any other failure', async (t) => {
  await using stream = await serveStream([
    [400, { __type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException', message: 'not allowed' }],
  ]);
  await assert.rejects(async () => stream.feed.read(100, t.signal), { name: 'AccessDeniedException' });
});
