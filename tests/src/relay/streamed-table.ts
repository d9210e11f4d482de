import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TableName } from '@tandem/contracts/topology';
import { createTable } from '@tandem/storage/create-table';
import type { Driver, Row } from '@tandem/storage/driver';
import { itemOf } from '@tandem/storage/dynamodb-items';
import { PARTITION_KEY, STREAM_VIEW_TYPE, streamFilters } from '@tandem/storage/dynamodb-layout';
import { pkOf } from '@tandem/storage/pk';
import { openSqlite } from '@tandem/storage/sqlite';
import type { Key, Table, Versioned } from '@tandem/storage/table';

type Item = Record<string, AttributeValue>;

/** Cause of an item's removal: its TTL, or a delete request. */
export type RemovalCause = 'ttl' | 'delete';

/** Stream record as a Lambda function receives it. */
export type LambdaRecord = ReturnType<typeof recordOf>;

/** DynamoDB's limit of an item: larger items are never in a stream. */
const MAX_ITEM_BYTES = 400 * 1024;

/** Table with a stream that has a record of every write, with the items that the DynamoDB driver writes. */
export interface StreamedTable {
  readonly table: Table;
  /** Returns the records since the last call, in order. */
  readonly takeRecords: () => LambdaRecord[];
  /** Creates the record of an item's removal. */
  readonly removalOf: (key: Key<Versioned>, cause: RemovalCause) => LambdaRecord;
  /** Creates the record of a write that changes an unknown attribute of an item only. */
  readonly touchOf: (key: Key<Versioned>) => LambdaRecord;
}

/** Opens an empty table with a stream. */
export function openStreamedTable(name: TableName, traceparent?: string): StreamedTable {
  const { driver } = openSqlite(':memory:');
  const items = new Map<string, Item>();
  const records: LambdaRecord[] = [];
  let sequenceNumber = 0;

  const record = (
    eventName: string,
    OldImage: Item | undefined,
    NewImage: Item | undefined,
    cause?: RemovalCause,
  ) => recordOf(name, ++sequenceNumber, eventName, OldImage, NewImage, cause);
  const put = (row: Row) => {
    const item = { ...itemOf(row), writeIds: { L: [{ S: randomUUID() }] } };
    if (Buffer.byteLength(JSON.stringify(row.state)) > MAX_ITEM_BYTES)
      throw new Error('the item exceeds the limit of DynamoDB');
    const before = items.get(row.pk);
    records.push(record(before ? 'MODIFY' : 'INSERT', before, item));
    items.set(row.pk, item);
  };
  const recording: Driver = {
    ...driver,
    async write(puts) {
      const outcome = await driver.write(puts);
      if (outcome === 'written') for (const { row } of puts) if (row) put(row);
      return outcome;
    },
  };
  return {
    table: createTable(recording, { now: Date.now, traceparent: () => traceparent }),
    takeRecords: () => records.splice(0),
    removalOf: (key, cause) => record('REMOVE', items.get(pkOf(key)), undefined, cause),
    touchOf: (key) => {
      const item = items.get(pkOf(key));
      return record('MODIFY', item, { ...item, note: { S: 'a backfill' } });
    },
  };
}

/** Creates a record: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb */
function recordOf(
  table: TableName,
  position: number,
  eventName: string,
  OldImage: Item | undefined,
  NewImage: Item | undefined,
  cause: RemovalCause | undefined,
) {
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    ...(cause === 'ttl' ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      Keys: { [PARTITION_KEY]: (NewImage ?? OldImage)?.[PARTITION_KEY] },
      ...(NewImage ? { NewImage } : {}),
      ...(OldImage ? { OldImage } : {}),
      SequenceNumber: `1302160000000000159689${String(position).padStart(4, '0')}`,
      SizeBytes: 112,
      StreamViewType: STREAM_VIEW_TYPE,
    },
    eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/2026-11-24T00:00:00.000`,
  };
}

/** Whether the event filters of Lambda pass a record to a relay. */
export function passesFilters({ eventName, dynamodb }: LambdaRecord): boolean {
  const [removal] = streamFilters.removals.eventName;
  return eventName === removal || dynamodb.NewImage?.['hasEvents']?.BOOL === true;
}
