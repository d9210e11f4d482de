import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type ServiceName, type TableName, type TableSpec, topology } from '@tandem/contracts/topology';
import type { Store } from '@tandem/local/system/store';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import { openStreamFeed } from '@tandem/storage/dynamodb-streams';
import { createDynamoTable } from '@tandem/storage/dynamodb-table';

/** Tables in DynamoDB Local, shared by the processes of a system. */
export interface Tables {
  readonly endpoint: string;
  readonly names: Readonly<Record<TableName, string>>;
}

/** Region and credentials for DynamoDB Local, which accepts any. */
export const localAws = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** Creates the empty tables of a system. */
export async function createTables(endpoint: string): Promise<Tables> {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const names = Object.entries<TableSpec>(topology.tables).map(async ([table, { indexes }]) => {
    const name = `${table}-${randomUUID()}`;
    await createDynamoTable(client, name, indexes);
    return [table, name] as const;
  });
  const created = Object.fromEntries(await Promise.all(names)) as Tables['names'];
  client.destroy();
  return { endpoint, names: created };
}

/** Opens the table of a service that has one, for an embedded system or a relay process. */
export function openDynamo({ endpoint, names }: Tables, service: ServiceName): Store {
  const { table } = topology.services[service];
  if (!table) throw new TypeError(`${service} has no table`);
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const streams = new DynamoDBStreamsClient({ ...localAws, endpoint });
  return {
    driver: dynamoDriver(createDynamoCalls(client), names[table]),
    feed: openStreamFeed(streams, names[table]),
    close: () => {
      client.destroy();
      streams.destroy();
    },
  };
}
