import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import { createStoreTable, openDynamoStore } from '@tandem/local/system/dynamodb-store';
import type { Store } from '@tandem/local/system/store';

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
  const names = (Object.keys(topology.tables) as TableName[]).map(async (table) => {
    const name = `${table}-${randomUUID()}`;
    await createStoreTable(table, { name, client: { ...localAws, endpoint } });
    return [table, name] as const;
  });
  return { endpoint, names: Object.fromEntries(await Promise.all(names)) as Tables['names'] };
}

/**
 * Ends the streams of the tables, for measurements without relays: a local DynamoDB spends as much CPU on the record of a
 * change as on the change itself.
 */
export async function endStreams({ endpoint, names }: Tables): Promise<void> {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const end = (TableName: string) =>
    client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
  await Promise.all(Object.values(names).map(end));
  client.destroy();
}

/** Opens the table of a service that has one, for an embedded system or a relay process. */
export function openDynamo({ endpoint, names }: Tables, service: ServiceName): Store {
  const { table } = topology.services[service];
  if (!table) throw new TypeError(`${service} has no table`);
  return openDynamoStore({ name: names[table], client: { ...localAws, endpoint } });
}
