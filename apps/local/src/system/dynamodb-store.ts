import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type TableName, topology } from '@tandem/contracts/topology';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { type CallDynamo, createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import { openStreamFeed } from '@tandem/storage/dynamodb-streams';
import { createDynamoTable } from '@tandem/storage/dynamodb-table';
import type { Store } from './store.ts';

export interface DynamoStoreOptions {
  /** Physical name of the table. */
  readonly name: string;
  readonly client: DynamoDBClientConfig;
  /** Client of the table's stream. Default: the same. */
  readonly streams?: DynamoDBClientConfig;
  /** Wraps the calls of the driver, e.g. to record them. */
  readonly wrapCalls?: (call: CallDynamo) => CallDynamo;
}

/** Creates a table of the topology, empty, with its indexes. Rejects if a table of this name exists. */
export async function createStoreTable(
  table: TableName,
  { name, client }: Pick<DynamoStoreOptions, 'name' | 'client'>,
): Promise<void> {
  const owner = new DynamoDBClient(client);
  await createDynamoTable(owner, name, topology.tables[table].indexes).finally(() => owner.destroy());
}

/** Opens a store in DynamoDB, which on AWS a service and Lambda have in its place. */
export function openDynamoStore({
  name,
  client: clientConfig,
  streams: streamsConfig = clientConfig,
  wrapCalls = (call) => call,
}: DynamoStoreOptions): Store {
  const client = new DynamoDBClient(clientConfig);
  const streams = new DynamoDBStreamsClient(streamsConfig);
  return {
    driver: dynamoDriver(wrapCalls(createDynamoCalls(client)), name),
    feed: openStreamFeed(streams, name),
    close: () => {
      client.destroy();
      streams.destroy();
    },
  };
}
