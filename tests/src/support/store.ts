import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Store } from '@tandem/local/system/store';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import { openStreamFeed } from '@tandem/storage/dynamodb-streams';
import { createDynamoTable } from '@tandem/storage/dynamodb-table';
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
  const local = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'local' },
  };
  const client = new DynamoDBClient(local);
  // The calls of these clients are not recorded: on AWS a stack creates the table, and Lambda reads the stream.
  const owner = new DynamoDBClient(local);
  const streams = new DynamoDBStreamsClient(local);
  const { table, indexes } = tableOf(service);
  const name = `${table}-${randomUUID()}`;
  await createDynamoTable(owner, name, indexes);
  return {
    driver: dynamoDriver(recordingCalls(service, createDynamoCalls(client)), name),
    feed: openStreamFeed(streams, name),
    close: () => {
      void owner.send(new DeleteTableCommand({ TableName: name })).finally(() => owner.destroy());
      client.destroy();
      streams.destroy();
    },
  };
}

function tableOf(service: ServiceName) {
  const { table } = topology.relays[service];
  return { table, indexes: topology.tables[table].indexes };
}
