import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { DomainError } from '@tandem/chassis/errors';
import type { Condition, Driver, Outcome, Position, Put, Row } from './driver.ts';
import { conditionExpression, type Item, itemOf, storedState } from './dynamodb-items.ts';
import { indexAttributes } from './dynamodb-layout.ts';
import { backOff } from './retry.ts';

const BATCH_GET_LIMIT = 100;
const BATCH_GET_ATTEMPTS = 8;
const STORED_STATE = {
  ProjectionExpression: 'pk, version, #state, expiresAt',
  ExpressionAttributeNames: { '#state': 'state' },
};

/** A table in DynamoDB, laid out as createDynamoTable does. */
export function dynamoDriver(baseClient: DynamoDBClient, tableName: string): Driver {
  const client = DynamoDBDocumentClient.from(baseClient, {
    marshallOptions: { removeUndefinedValues: true },
  });

  async function batchGet(pks: readonly string[], consistent: boolean): Promise<Item[]> {
    const items: Item[] = [];
    let keys: Item[] = pks.map((pk) => ({ pk }));
    for (let attempt = 0; ; attempt++) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({
          RequestItems: { [tableName]: { Keys: keys, ConsistentRead: consistent, ...STORED_STATE } },
        }),
      );
      items.push(...(Responses?.[tableName] ?? []));
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (keys.length === 0) return items;
      if (attempt === BATCH_GET_ATTEMPTS)
        throw unavailable(new Error(`${keys.length} keys left unprocessed`));
      await backOff(attempt);
    }
  }

  async function read(pks: readonly string[], consistent: boolean): Promise<Item[]> {
    const [pk] = pks;
    if (pk !== undefined && pks.length === 1) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { pk }, ConsistentRead: consistent, ...STORED_STATE }),
      );
      return Item ? [Item] : [];
    }
    const batches = Array.from({ length: Math.ceil(pks.length / BATCH_GET_LIMIT) }, (_, i) =>
      batchGet(pks.slice(i * BATCH_GET_LIMIT, (i + 1) * BATCH_GET_LIMIT), consistent),
    );
    return (await Promise.all(batches)).flat();
  }

  /** The id tells our own write, repeated by the SDK after its answer was lost, from somebody else's. */
  async function putOne(row: Row, condition: Condition): Promise<Outcome> {
    const writeId = randomUUID();
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...itemOf(row), writeId },
          ...conditionExpression(condition),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof TransactionConflictException) return 'contended';
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item?.['writeId']?.S === writeId ? 'written' : 'refused';
    }
  }

  async function putAll(puts: readonly Put[]): Promise<Outcome> {
    const TransactItems = puts.map(({ pk, condition, row }) => {
      const target = { TableName: tableName, ...conditionExpression(condition) };
      return row ? { Put: { ...target, Item: itemOf(row) } } : { ConditionCheck: { ...target, Key: { pk } } };
    });
    try {
      await client.send(new TransactWriteCommand({ TransactItems }));
      return 'written';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = new Set(error.CancellationReasons?.map(({ Code }) => Code));
      codes.delete('None');
      if (codes.delete('TransactionConflict')) return 'contended';
      if (codes.delete('ConditionalCheckFailed')) return 'refused';
      if (codes.has('ThrottlingError') || codes.has('ProvisionedThroughputExceeded'))
        throw unavailable(error);
      throw error;
    }
  }

  return {
    read: (pks, { consistent }) => translated(async () => (await read(pks, consistent)).map(storedState)),

    write: (puts) =>
      translated(() => {
        const [put] = puts;
        return puts.length === 1 && put?.row ? putOne(put.row, put.condition) : putAll(puts);
      }),

    queryIndex: ({ index, partition, limit, after }) =>
      translated(async () => {
        const [partitionName, sortName] = indexAttributes(index);
        const page = {
          TableName: tableName,
          IndexName: index,
          Limit: limit,
          ExclusiveStartKey: after && {
            pk: after.pk,
            [partitionName]: after.partition,
            [sortName]: after.sort,
          },
        };
        const command =
          partition === undefined
            ? new ScanCommand(page)
            : new QueryCommand({
                ...page,
                KeyConditionExpression: '#partition = :partition',
                ExpressionAttributeNames: { '#partition': partitionName },
                ExpressionAttributeValues: { ':partition': partition },
              });
        const { Items = [], LastEvaluatedKey } = await client.send(command);
        const position = (item: Item): Position => ({
          partition: String(item[partitionName]),
          sort: String(item[sortName]),
          pk: String(item['pk']),
        });
        return {
          rows: Items.map((item) => ({ ...storedState(item), position: position(item) })),
          next: LastEvaluatedKey && position(LastEvaluatedKey),
        };
      }),

    ping: () =>
      translated(async () => {
        await client.send(new GetCommand({ TableName: tableName, Key: { pk: 'ping#' } }));
      }),
  };
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof DomainError) throw error;
    throw isTransient(error as SdkError) ? unavailable(error) : error;
  }
}

function isTransient(error: SdkError): boolean {
  return isThrottlingError(error) || isTransientError(error) || isServerError(error);
}

/** What the SDK itself takes as an error to classify. */
type SdkError = Parameters<typeof isThrottlingError>[0];

function unavailable(cause: Error): DomainError {
  return new DomainError('unavailable', 'store-unavailable', 'The store does not answer: try again', {
    cause,
  });
}
