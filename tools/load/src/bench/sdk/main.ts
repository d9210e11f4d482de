/** Gets an item through the AWS SDK as often as it is told to, and does nothing else. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { localAws } from '../../system/dynamodb.ts';
import type { ItemKey } from '../routes.ts';

/** As many as the requests that a service is sent at a time. */
const AT_ONCE = 8;

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
        if (!Item) throw new Error(`there is no ${pk} in ${tableName}`);
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, get)).then(() => process.send?.('done'));
  });
  process.send?.('ready');
});
