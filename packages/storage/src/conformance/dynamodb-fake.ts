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

/** A request to DynamoDB. */
export interface DynamoRequest {
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DynamoResponse {
  readonly status: number;
  readonly body: string;
}

/** Handles a request; undefined closes the connection without a response. */
export type Handler = (request: DynamoRequest) => Promise<DynamoResponse | undefined>;

/** Serves DynamoDB's protocol over HTTP on 127.0.0.1, for tests. */
export async function serveDynamo(handle: Handler): Promise<{ endpoint: string; close: () => void }> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { 'content-length': _, ...headers } = request.headers as Record<string, string>;
    const operation = String(headers['x-amz-target']).replace(/^.*\./, '');
    const result = await handle({ operation, headers, body: await text(request) });
    if (result) response.writeHead(result.status).end(result.body);
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

interface ConditionalWrite {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeValues?: StoredItem | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/**
 * A fake DynamoDB in memory, for reads by key and for conditional writes with the driver's conditions. It ignores the
 * tokens of transactions, as DynamoDB does after ten minutes.
 */
export function fakeDynamo(): Handler {
  const items = new Map<string, StoredItem>();
  const find = (key: StoredItem | undefined) => items.get(key?.['pk']?.S ?? '');
  const store = (item: StoredItem) => items.set(item['pk']?.S ?? '', item);

  /** Fields of the error if the condition does not hold; undefined if it holds. */
  function failure(write: ConditionalWrite, key: StoredItem | undefined) {
    const stored = find(key);
    if (holds(write, stored)) return undefined;
    return write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && stored ? { Item: stored } : {};
  }

  function put(input: PutItemInput): DynamoResponse {
    const fields = failure(input, input.Item);
    if (fields) return errorResponse('ConditionalCheckFailedException', fields);
    store(input.Item ?? {});
    return success({});
  }

  function transact({ TransactItems = [] }: TransactWriteItemsInput): DynamoResponse {
    const failures = TransactItems.map(({ Put, ConditionCheck }) =>
      Put ? failure(Put, Put.Item) : failure(ConditionCheck ?? {}, ConditionCheck?.Key),
    );
    if (failures.some(Boolean)) {
      const CancellationReasons = failures.map((fields) =>
        fields ? { Code: 'ConditionalCheckFailed', ...fields } : { Code: 'None' },
      );
      return errorResponse('TransactionCanceledException', { CancellationReasons });
    }
    for (const { Put } of TransactItems) if (Put?.Item) store(Put.Item);
    return success({});
  }

  return async ({ operation, body }) => {
    const input: unknown = JSON.parse(body);
    switch (operation) {
      case 'GetItem': {
        const Item = find((input as GetItemInput).Key);
        return success(Item ? { Item } : {});
      }
      case 'BatchGetItem': {
        const { RequestItems = {} } = input as BatchGetItemInput;
        const responses = Object.entries(RequestItems).map(
          ([table, { Keys = [] }]) => [table, Keys.map(find).filter((item) => item !== undefined)] as const,
        );
        return success({ Responses: Object.fromEntries(responses) });
      }
      case 'PutItem':
        return put(input as PutItemInput);
      case 'TransactWriteItems':
        return transact(input as TransactWriteItemsInput);
      default:
        throw new Error(`The fake does not support ${operation}`);
    }
  };
}

/** An error response of DynamoDB. */
export function errorResponse(name: string, fields: object = {}): DynamoResponse {
  const error = { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...fields };
  return { status: 400, body: JSON.stringify(error) };
}

function success(output: object): DynamoResponse {
  return { status: 200, body: JSON.stringify(output) };
}

function holds(
  { ConditionExpression, ExpressionAttributeValues }: ConditionalWrite,
  item?: StoredItem,
): boolean {
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
    if (value === undefined) throw new Error(`The fake does not support the condition ${condition}`);
    return value;
  });
}
