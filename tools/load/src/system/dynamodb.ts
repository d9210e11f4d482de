import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Store } from '@tandem/local/system/store';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import { openStreamFeed } from '@tandem/storage/dynamodb-streams';
import { createDynamoTable } from '@tandem/storage/dynamodb-table';

/** Tables in DynamoDB Local, shared by the processes of a system. */
export interface Tables {
  readonly endpoint: string;
  readonly names: Readonly<Record<ServiceName, string>>;
}

/** Region and credentials for DynamoDB Local, which accepts any. */
export const localAws = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** Creates the empty tables of a system. */
export async function createTables(endpoint: string): Promise<Tables> {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const create = async (service: ServiceName) => {
    const { table } = topology.relays[service];
    const name = `${table}-${randomUUID()}`;
    await createDynamoTable(client, name, topology.tables[table].indexes);
    return name;
  };
  const names = { product: await create('product'), cart: await create('cart') };
  client.destroy();
  return { endpoint, names };
}

/** Opens the table of a service, for an embedded system or a relay process. */
export function openDynamo({ endpoint, names }: Tables, service: ServiceName): Store {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const streams = new DynamoDBStreamsClient({ ...localAws, endpoint });
  return {
    driver: dynamoDriver(createDynamoCalls(client), names[service]),
    feed: openStreamFeed(streams, names[service]),
    close: () => {
      client.destroy();
      streams.destroy();
    },
  };
}
