import {
  CreateTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableSpec } from '@tandem/contracts/topology';
import {
  indexAttributes,
  PARTITION_KEY,
  projectionOf,
  STREAM_VIEW_TYPE,
  TTL_ATTRIBUTE,
} from './dynamodb-layout.ts';

/** Creates a table unless it exists, for tests and development: on-demand capacity, with stream, TTL and indexes. */
export async function createDynamoTable(
  client: DynamoDBClient,
  name: string,
  indexes: TableSpec['indexes'],
): Promise<void> {
  const attributes = [PARTITION_KEY, ...Object.keys(indexes).flatMap(indexAttributes)];
  const create = new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: PARTITION_KEY, KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: STREAM_VIEW_TYPE },
    ...(Object.keys(indexes).length > 0
      ? {
          GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, holds]) => ({
            IndexName,
            KeySchema: keySchema(IndexName),
            Projection: projectionOf(holds),
          })),
        }
      : {}),
  });
  try {
    await client.send(create);
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: name });
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: TTL_ATTRIBUTE },
    }),
  );
}

function keySchema(index: string): KeySchemaElement[] {
  const [partition, sort] = indexAttributes(index);
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}
