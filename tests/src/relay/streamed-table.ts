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

/** What removes an item: DynamoDB, because its time is over, or somebody. */
export type Remover = 'ttl' | 'hand';

/** A record as Lambda hands it to a function. */
export type LambdaRecord = ReturnType<typeof recordOf>;

/** DynamoDB's limit of an item; what is more would never get into the stream. */
const MAX_ITEM_BYTES = 400 * 1024;

/** A table of which every write is a record of its stream, with the items that the DynamoDB driver would have written. */
export interface StreamedTable {
  readonly table: Table;
  /** The records since the last call, in order. */
  readonly take: () => LambdaRecord[];
  /** The record of the removal of an item. */
  readonly removed: (key: Key<Versioned>, by: Remover) => LambdaRecord;
  /** The record of a write that leaves all but a foreign attribute of an item as it is. */
  readonly touched: (key: Key<Versioned>) => LambdaRecord;
}

export function streamedTable(name: TableName, traceparent?: string): StreamedTable {
  const { driver } = openSqlite(':memory:');
  const items = new Map<string, Item>();
  let records: LambdaRecord[] = [];
  let written = 0;

  const record = (eventName: string, OldImage: Item | undefined, NewImage: Item | undefined, by?: Remover) =>
    recordOf(name, ++written, eventName, OldImage, NewImage, by);
  const put = (row: Row) => {
    const item = { ...itemOf(row), writeIds: { L: [{ S: randomUUID() }] } };
    if (Buffer.byteLength(JSON.stringify(row.state)) > MAX_ITEM_BYTES) throw new Error('no such item');
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
    take: () => {
      const taken = records;
      records = [];
      return taken;
    },
    removed: (key, by) => record('REMOVE', items.get(pkOf(key)), undefined, by),
    touched: (key) => {
      const item = items.get(pkOf(key));
      return record('MODIFY', item, { ...item, note: { S: 'a backfill' } });
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb */
function recordOf(
  table: TableName,
  position: number,
  eventName: string,
  OldImage: Item | undefined,
  NewImage: Item | undefined,
  by: Remover | undefined,
) {
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    ...(by === 'ttl' ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
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

/** Whether Lambda would hand the record to a relay. */
export function passesFilters({ eventName, dynamodb }: LambdaRecord): boolean {
  const [removal] = streamFilters.removals.eventName;
  return eventName === removal || dynamodb.NewImage?.['hasEvents']?.BOOL === true;
}
