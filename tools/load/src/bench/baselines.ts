import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { localAws } from '../system/dynamodb.ts';
import type { ItemKey, ResponseBytes } from './routes.ts';
import { CONCURRENCY, type Subject } from './rounds.ts';

/** Bare Fastify with the given response, in a process of its own until the stack's disposal. */
export async function startBareFastify(
  running: AsyncDisposableStack,
  sample: ResponseBytes,
): Promise<Subject> {
  const child = fork(join(import.meta.dirname, 'bare/main.ts'));
  running.defer(() => void child.kill());
  child.send(sample);
  const [url] = (await once(child, 'message')) as [string];
  const request = { url, method: 'GET', path: '/products/any', status: 200 } as const;
  return { name: 'bare Fastify', pid: child.pid ?? 0, next: () => request };
}

/** The SDK's GetItem, in this process, which does nothing else meanwhile. */
export function sdkAlone({ endpoint, tableName, pk }: ItemKey): Subject {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  const command = () => new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk } } });
  const run = async (count: number) => {
    let left = count;
    const get = async () => {
      while (left-- > 0)
        if (!(await client.send(command())).Item) throw new Error(`${tableName} has no item ${pk}.`);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, get));
  };
  return { name: 'AWS SDK GetItem', pid: process.pid, run };
}
