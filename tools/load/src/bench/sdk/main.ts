/** Gets an item through the AWS SDK as often as requested. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { localAws } from '../../system/dynamodb.ts';
import type { ItemKey } from '../routes.ts';

/** As many as the concurrent requests to a service. */
const CONCURRENCY = 8;

process.on('disconnect', () => process.exit());
process.once('message', ({ endpoint, tableName, pk }: ItemKey) => {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  process.on('message', (count: number) => {
    let left = count;
    const get = async () => {
      while (left-- > 0) {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk } } }),
        );
        if (!Item) throw new Error(`${tableName} has no item ${pk}.`);
      }
    };
    void Promise.all(Array.from({ length: CONCURRENCY }, get)).then(() => process.send?.('done'));
  });
  process.send?.('ready');
});
