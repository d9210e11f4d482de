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
import { add, sampleEvent, thing } from './conformance/fixtures.ts';
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

/** Whether a value matches a pattern by Lambda's rules: each field equals a value of its list. */
function matches(pattern: object, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.includes(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([name, inner]) => matches(inner, Reflect.get(value, name)));
}

/** Names of the filters that match a record. */
function filtersMatching(record: object): string[] {
  return Object.entries(streamFilters).flatMap(([name, pattern]) => (matches(pattern, record) ? [name] : []));
}

function image(version: number, ...events: NewEvent[]) {
  const index = { index: 'byGroup', partition: 'red', sort: '1' };
  return itemOf({ pk: 'thing#a', version, state: { version }, events, index, expiresAt: 7 });
}

function recordOfWrite(...events: NewEvent[]): StreamRecord {
  const dynamodb = {
    SequenceNumber: '1',
    OldImage: image(1, sampleEvent('old')),
    NewImage: image(2, ...events),
  };
  return { eventName: 'MODIFY', dynamodb };
}

test('an item has the marker attribute if and only if it has events', () => {
  assert.deepEqual(image(1, sampleEvent('x'))['hasEvents'], { BOOL: true });
  assert.equal('hasEvents' in image(1), false, 'absent, not false, to save bytes with every write');
  assert.ok(
    indexAttributes('byGroup').every((name) => name in image(1) && name in image(1, sampleEvent('x'))),
  );
});

test('a write passes the filter if it has events, independently of the write before it', () => {
  assert.deepEqual(filtersMatching(recordOfWrite(sampleEvent('x'))), ['events']);
  assert.deepEqual(filtersMatching(recordOfWrite()), []);
});

test('the removal of an item passes the filter, expired or deleted', () => {
  const deleted = { eventName: 'REMOVE', dynamodb: { SequenceNumber: '1', OldImage: image(1) } };
  const expired = { ...deleted, userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };
  assert.deepEqual([filtersMatching(deleted), filtersMatching(expired)], [['removals'], ['removals']]);
  assert.equal(changeOfRecord(expired)?.expired, true);
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

test('only records with events, or of removals, pass the filters', { skip }, async () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const local = { endpoint: String(endpoint), region: 'eu-central-1', credentials };
  const [client, streams] = [new DynamoDBClient(local), new DynamoDBStreamsClient(local)];
  const name = `filters-${randomUUID()}`;
  await createDynamoTable(client, name, { byGroup: 'states' });
  const table = createTable(dynamoDriver(createDynamoCalls(client), name), { now: Date.now });
  const [a, b] = [key(thing, 'a'), key(thing, 'b')];

  await table.update(a, add(1, sampleEvent('1')));
  await table.update(a, add(1));
  await table.update(a, add(1, sampleEvent('3')));
  await table.putIfNewer(a, { version: 7, count: 7 });
  await table.transact([a, b], (read) => ({
    writes: [
      put(a, add(1)(read.get(a)).state),
      put(b, add(1)(read.get(b)).state, [sampleEvent('b1'), sampleEvent('b2')]),
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
  const summaries = records.map((record) => {
    const change = changeOfRecord(record);
    return [`${change?.after?.events.length ?? 0} events`, ...filtersMatching(record)].join();
  });
  // Sorted, as the records of a transaction have no order.
  assert.deepEqual(summaries.sort(), [
    '0 events',
    '0 events',
    '0 events',
    '0 events,removals',
    '1 events,events',
    '1 events,events',
    // The transaction, and the later update of the same item by hand: only its unchanged version shows that it has no new events.
    '2 events,events',
    '2 events,events',
  ]);
  client.destroy();
  streams.destroy();
});
