import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { createStoreTable, openDynamoStore } from '@tandem/local/system/dynamodb-store';
import type { Store } from '@tandem/local/system/store';
import { openSqlite } from '@tandem/storage/sqlite';
import { recordingCalls } from './aws-calls/record.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];

/** Store of this test run. */
export const storeName = endpoint === undefined ? 'SQLite' : 'DynamoDB Local';

/** A service's empty table: on DynamoDB Local where `DYNAMODB_ENDPOINT` names one, in SQLite otherwise. */
export async function openStore(service: ServiceName): Promise<Store> {
  return endpoint === undefined ? openSqlite(':memory:') : openDynamo(endpoint, service);
}

async function openDynamo(endpoint: string, service: ServiceName): Promise<Store> {
  // Each access key has its own database: the more stream records a database has, the slower are its writes.
  const accessKeyId = randomUUID().replaceAll('-', '');
  const client = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'local' },
  };
  const { table } = topology.services[service];
  if (table === undefined) throw new TypeError(`${service} has no table`);
  const name = `${table}-${randomUUID()}`;
  await createStoreTable(table, { name, client });
  // Only the calls of the service are recorded: on AWS a stack creates the table, and Lambda reads the stream.
  const store = openDynamoStore({ name, client, wrapCalls: (calls) => recordingCalls(service, calls) });
  return {
    ...store,
    close: () => {
      const owner = new DynamoDBClient(client);
      void owner.send(new DeleteTableCommand({ TableName: name })).finally(() => owner.destroy());
      store.close();
    },
  };
}
