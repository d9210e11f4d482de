import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type {
  BatchGetItemInput,
  GetItemInput,
  PutItemInput,
  TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { StoredItem } from '../dynamodb-items.ts';

/** A request as a server of DynamoDB gets it, and its response. */
export interface Exchange {
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Handles an exchange; undefined closes the connection without a response. */
export type Handler = (exchange: Exchange) => Promise<Reply | undefined>;

/** Serves DynamoDB's protocol over HTTP on 127.0.0.1, for tests. */
export async function serveDynamo(handle: Handler): Promise<{ endpoint: string; close: () => void }> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { 'content-length': _, ...headers } = request.headers as Record<string, string>;
    const operation = String(headers['x-amz-target']).replace(/^.*\./, '');
    const reply = await handle({ operation, headers, body: await text(request) });
    if (reply) response.writeHead(reply.status).end(reply.body);
    else response.destroy();
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

interface Guarded {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeValues?: StoredItem | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/**
 * A DynamoDB in memory, as far as reads by key and conditional writes go, with the conditions that the driver writes. It
 * forgets the tokens of transactions at once, as DynamoDB does after ten minutes.
 */
export function fakeDynamo(): Handler {
  const items = new Map<string, StoredItem>();
  const find = (key: StoredItem | undefined) => items.get(key?.['pk']?.S ?? '');
  const store = (item: StoredItem) => items.set(item['pk']?.S ?? '', item);

  /** What is returned of an item whose condition does not hold; undefined where it holds. */
  function failure(write: Guarded, key: StoredItem | undefined) {
    const stored = find(key);
    if (holds(write, stored)) return undefined;
    return write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && stored ? { Item: stored } : {};
  }

  function put(input: PutItemInput): Reply {
    const failed = failure(input, input.Item);
    if (failed) return refused('ConditionalCheckFailedException', failed);
    store(input.Item ?? {});
    return reply({});
  }

  function transact({ TransactItems = [] }: TransactWriteItemsInput): Reply {
    const failures = TransactItems.map(({ Put, ConditionCheck }) =>
      Put ? failure(Put, Put.Item) : failure(ConditionCheck ?? {}, ConditionCheck?.Key),
    );
    if (failures.some(Boolean)) {
      const CancellationReasons = failures.map((failed) =>
        failed ? { Code: 'ConditionalCheckFailed', ...failed } : { Code: 'None' },
      );
      return refused('TransactionCanceledException', { CancellationReasons });
    }
    for (const { Put } of TransactItems) if (Put?.Item) store(Put.Item);
    return reply({});
  }

  return async ({ operation, body }) => {
    const input: unknown = JSON.parse(body);
    switch (operation) {
      case 'GetItem': {
        const Item = find((input as GetItemInput).Key);
        return reply(Item ? { Item } : {});
      }
      case 'BatchGetItem': {
        const { RequestItems = {} } = input as BatchGetItemInput;
        const found = Object.entries(RequestItems).map(
          ([table, { Keys = [] }]) => [table, Keys.map(find).filter((item) => item !== undefined)] as const,
        );
        return reply({ Responses: Object.fromEntries(found) });
      }
      case 'PutItem':
        return put(input as PutItemInput);
      case 'TransactWriteItems':
        return transact(input as TransactWriteItemsInput);
      default:
        throw new Error(`not in this fake: ${operation}`);
    }
  };
}

/** An error as DynamoDB responds with it. */
export function refused(name: string, fields: object = {}): Reply {
  const error = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...fields };
  return { status: 400, body: JSON.stringify(error) };
}

function reply(output: object): Reply {
  return { status: 200, body: JSON.stringify(output) };
}

function holds({ ConditionExpression, ExpressionAttributeValues }: Guarded, item?: StoredItem): boolean {
  const stored = item && unmarshall(item);
  const values = unmarshall(ExpressionAttributeValues ?? {});
  const conditions: Record<string, boolean> = {
    'version = :version': stored?.['version'] === values[':version'],
    'version < :version': Number(stored?.['version']) < values[':version'],
    'attribute_not_exists(pk)': stored === undefined,
    'expiresAt <= :now': Number(stored?.['expiresAt']) <= values[':now'],
  };
  return (ConditionExpression ?? '').split(' OR ').some((condition) => {
    const value = conditions[condition];
    if (value === undefined) throw new Error(`not in this fake: ${condition}`);
    return value;
  });
}
