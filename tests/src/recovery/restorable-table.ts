import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type AttributeValue,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { DomainError } from '@tandem/chassis/errors';
import { chunksOf } from '@tandem/cli/batches';
import type { TableName } from '@tandem/contracts/topology';
import { createStoreTable, openDynamoStore } from '@tandem/local/system/dynamodb-store';
import type { Store } from '@tandem/local/system/store';
import { STREAM_VIEW_TYPE, TTL_ATTRIBUTE } from '@tandem/storage/dynamodb-layout';
import { until } from '../support/until.ts';

type Item = Record<string, AttributeValue>;

/** Items of a table at a moment, by partition key. */
export type Backup = ReadonlyMap<string, Item>;

/** Table on DynamoDB Local that can be lost and restored while the system runs. */
export interface RestorableTable {
  /** Store of the service: it responds as one that is unavailable while the table is lost. */
  readonly store: Store;
  /** The items now, from the changes in the stream: what a point-in-time restore to this second has. */
  capture(): Promise<Backup>;
  /** Stops the service's access, lets its relay publish what is in the stream, and deletes the table. */
  lose(): Promise<void>;
  /** Creates the table under its name without stream and TTL, as DynamoDB restores it, with these items. */
  restore(backup: Backup): Promise<void>;
  /** Enables stream and TTL, and connects the service and its relay. */
  reconnect(): Promise<void>;
  /** Deletes all indexes. */
  loseIndexes(): Promise<void>;
  /** Creates the indexes again, one after the other as DynamoDB requires, and waits until they are filled. */
  restoreIndexes(): Promise<void>;
}

const BATCH = 25;
/** Concurrent batches of a restore. */
const PARALLEL = 8;
const POLL_MS = 20;

/** Creates an empty table with stream, TTL and indexes. */
export async function openRestorableTable(
  table: TableName,
  config: DynamoDBClientConfig,
): Promise<RestorableTable> {
  const client = new DynamoDBClient(config);
  const streams = new DynamoDBStreamsClient(config);
  const open = () => openDynamoStore({ name: table, client: config });
  await createStoreTable(table, { name: table, client: config });
  let current: Store | undefined = open();
  /** Ends the relay's read of the stream of a lost table. */
  let disconnecting = new AbortController();
  let schema: TableDescription | undefined;

  const available = (): Store => {
    if (current) return current;
    throw new DomainError('unavailable', 'store-unavailable', 'The table is lost. Restore it.');
  };
  async function describe() {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    if (!Table) throw new Error(`no table ${table}`);
    return Table;
  }

  const store: Store = {
    driver: {
      read: async (pks, options) => available().driver.read(pks, options),
      write: async (puts) => available().driver.write(puts),
      queryIndex: async (query) => available().driver.queryIndex(query),
      scan: async (query) => available().driver.scan(query),
      ping: async () => available().driver.ping(),
    },
    feed: {
      async read(limit, signal) {
        while (!signal.aborted) {
          const changes = await current?.feed.read(limit, AbortSignal.any([signal, disconnecting.signal]));
          if (changes && changes.length > 0) return changes;
          await delay(POLL_MS);
        }
        return [];
      },
      checkpoint: async (change) => current?.feed.checkpoint(change),
    },
    close: () => {
      current?.close();
      client.destroy();
      streams.destroy();
    },
  };

  return {
    store,
    async loseIndexes() {
      schema = await describe();
      for (const { IndexName } of schema.GlobalSecondaryIndexes ?? []) {
        const GlobalSecondaryIndexUpdates = [{ Delete: { IndexName } }];
        await client.send(new UpdateTableCommand({ TableName: table, GlobalSecondaryIndexUpdates }));
        await until(describe, (now) => indexOf(now, IndexName) === undefined, { deadlineMs: 60_000 });
      }
    },
    async restoreIndexes() {
      const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = schema ?? {};
      for (const { IndexName, KeySchema, Projection } of GlobalSecondaryIndexes) {
        const GlobalSecondaryIndexUpdates = [{ Create: { IndexName, KeySchema, Projection } }];
        await client.send(
          new UpdateTableCommand({ TableName: table, AttributeDefinitions, GlobalSecondaryIndexUpdates }),
        );
        const isFilled = (now: TableDescription) => indexOf(now, IndexName)?.IndexStatus === 'ACTIVE';
        await until(describe, isFilled, { deadlineMs: 60_000 });
      }
    },
    async capture() {
      const { LatestStreamArn: StreamArn } = await describe();
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
      const items = new Map<string, Item>();
      for (const { ShardId } of StreamDescription?.Shards ?? []) {
        const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
        let { ShardIterator } = await streams.send(new GetShardIteratorCommand(start));
        while (ShardIterator) {
          const { Records = [], NextShardIterator } = await streams.send(
            new GetRecordsCommand({ ShardIterator }),
          );
          if (Records.length === 0) break;
          for (const { dynamodb: { Keys, NewImage } = {} } of Records) {
            const pk = Keys?.['pk']?.S ?? '';
            if (NewImage) items.set(pk, NewImage);
            else items.delete(pk);
          }
          ShardIterator = NextShardIterator;
        }
      }
      return items;
    },
    async lose() {
      const lost = available();
      // Streams of a deleted table remain readable for a day: the relay publishes what is in it.
      await until(
        async () => (await lost.feed.read(1, AbortSignal.timeout(300))).length,
        (unpublished) => unpublished === 0,
        { deadlineMs: 60_000 },
      );
      schema = await describe();
      current = undefined;
      disconnecting.abort();
      await client.send(new DeleteTableCommand({ TableName: table }));
    },
    async restore(backup) {
      if (!schema) throw new Error('the table is not lost');
      const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes = [] } = schema;
      await client.send(
        new CreateTableCommand({
          TableName: table,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions,
          KeySchema,
          ...(GlobalSecondaryIndexes.length > 0 && {
            GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
              IndexName,
              KeySchema,
              Projection,
            })),
          }),
        }),
      );
      const batches = chunksOf([...backup.values()], BATCH);
      for (const group of chunksOf(batches, PARALLEL)) {
        await Promise.all(
          group.map((items) =>
            client.send(
              new BatchWriteItemCommand({
                RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) },
              }),
            ),
          ),
        );
      }
    },
    async reconnect() {
      const TableName = table;
      await client.send(
        new UpdateTableCommand({
          TableName,
          StreamSpecification: { StreamEnabled: true, StreamViewType: STREAM_VIEW_TYPE },
        }),
      );
      await client.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { Enabled: true, AttributeName: TTL_ATTRIBUTE },
        }),
      );
      disconnecting = new AbortController();
      current = open();
    },
  };
}

function indexOf({ GlobalSecondaryIndexes = [] }: TableDescription, name: string | undefined) {
  return GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === name);
}
