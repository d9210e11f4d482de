import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { DeleteItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { NewEvent } from '@tandem/contracts/events';
import { add, happened, thing } from './conformance/fixtures.ts';
import { createTable } from './create-table.ts';
import { createDynamoCalls } from './dynamodb-calls.ts';
import { itemOf, keyOf } from './dynamodb-items.ts';
import { indexAttributes, streamFilters } from './dynamodb-layout.ts';
import { changeOfRecord, type StreamRecord } from './dynamodb-records.ts';
import { createDynamoTable } from './dynamodb-table.ts';
import { dynamoDriver } from './dynamodb.ts';
import { key, put } from './table.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];
const skip = endpoint === undefined && 'needs DynamoDB Local: npm run test:dynamodb';

/** Whether a value matches a pattern, as Lambda compares them: of each list one value, exactly. */
function matches(pattern: object, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.includes(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([name, inner]) => matches(inner, Reflect.get(value, name)));
}

/** The filters that let a record through. */
function passed(record: object): string[] {
  return Object.entries(streamFilters).flatMap(([name, pattern]) => (matches(pattern, record) ? [name] : []));
}

function image(version: number, ...events: NewEvent[]) {
  const index = { index: 'byGroup', partition: 'red', sort: '1' };
  return itemOf({ pk: 'thing#a', version, state: { version }, events, index, expiresAt: 7 });
}

function written(...events: NewEvent[]): StreamRecord {
  const dynamodb = {
    SequenceNumber: '1',
    OldImage: image(1, happened('old')),
    NewImage: image(2, ...events),
  };
  return { eventName: 'MODIFY', dynamodb };
}

test('an item has the marker of events exactly if it has events', () => {
  assert.deepEqual(image(1, happened('x'))['hasEvents'], { BOOL: true });
  assert.equal('hasEvents' in image(1), false, 'absent, not false: it costs bytes at every write');
  assert.ok(indexAttributes('byGroup').every((name) => name in image(1) && name in image(1, happened('x'))));
});

test('a write passes when it carries events, whatever the one before it carried', () => {
  assert.deepEqual(passed(written(happened('x'))), ['events']);
  assert.deepEqual(passed(written()), []);
});

test('removed items pass, expired or deleted', () => {
  const removed = { eventName: 'REMOVE', dynamodb: { SequenceNumber: '1', OldImage: image(1) } };
  const byTtl = { ...removed, userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };
  assert.deepEqual([passed(removed), passed(byTtl)], [['removals'], ['removals']]);
  assert.equal(changeOfRecord(byTtl)?.expired, true);
});

/** The records of a table's stream, from its beginning. */
async function recordsOf(streams: DynamoDBStreamsClient, table: string): Promise<StreamRecord[]> {
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: table }));
  const StreamArn = Streams?.[0]?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  assert.equal(StreamDescription?.StreamViewType, 'NEW_AND_OLD_IMAGES');
  const records: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand(start));
    const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    records.push(...Records);
  }
  return records;
}

test('records with events pass the filters, and no others', { skip }, async () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const local = { endpoint: String(endpoint), region: 'eu-central-1', credentials };
  const [client, streams] = [new DynamoDBClient(local), new DynamoDBStreamsClient(local)];
  const name = `filters-${randomUUID()}`;
  await createDynamoTable(client, name, { byGroup: 'states' });
  const table = createTable(dynamoDriver(createDynamoCalls(client), name), { now: Date.now });
  const [a, b] = [key(thing, 'a'), key(thing, 'b')];

  await table.update(a, add(1, happened('1')));
  await table.update(a, add(1));
  await table.update(a, add(1, happened('3')));
  await table.putIfNewer(a, { version: 7, count: 7 });
  await table.transact([a, b], (read) => ({
    writes: [
      put(a, add(1)(read.get(a)).state),
      put(b, add(1)(read.get(b)).state, [happened('b1'), happened('b2')]),
    ],
  }));
  await client.send(
    new UpdateItemCommand({
      TableName: name,
      Key: keyOf('thing#b'),
      UpdateExpression: 'SET note = :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    }),
  );
  await client.send(new DeleteItemCommand({ TableName: name, Key: keyOf('thing#a') }));

  const deadline = performance.now() + 20_000;
  let records = await recordsOf(streams, name);
  while (records.length < 8 && performance.now() < deadline) records = await recordsOf(streams, name);
  const told = records.map((record) => {
    const change = changeOfRecord(record);
    return [`${change?.after?.events.length ?? 0} told`, ...passed(record)].join();
  });
  // Of one item in order; those of a transaction come in any.
  assert.deepEqual(told.sort(), [
    '0 told',
    '0 told',
    '0 told',
    '0 told,removals',
    '1 told,events',
    '1 told,events',
    // The write itself, and housekeeping behind its back: that it tells nothing again, only versions show.
    '2 told,events',
    '2 told,events',
  ]);
  client.destroy();
  streams.destroy();
});
