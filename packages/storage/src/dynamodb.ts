import { randomUUID } from 'node:crypto';
import type { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { DomainError } from '@tandem/chassis/errors';
import type { CallDynamo } from './dynamodb-calls.ts';
import type { Condition, Driver, Outcome, Position, Put, Row } from './driver.ts';
import { conditionExpression, itemOf, keyOf, storedState, type StoredItem } from './dynamodb-items.ts';
import { indexAttributes, PARTITION_KEY } from './dynamodb-layout.ts';
import { backOff } from './retry.ts';

const BATCH_GET_LIMIT = 100;
const BATCH_GET_ATTEMPTS = 8;
/** A table in DynamoDB, laid out as createDynamoTable does. */
export function dynamoDriver(call: CallDynamo, tableName: string): Driver {
  async function batchGet(
    pks: readonly string[],
    consistent: boolean,
    further?: string,
  ): Promise<StoredItem[]> {
    const items: StoredItem[] = [];
    let keys: StoredItem[] = pks.map(keyOf);
    for (let attempt = 0; ; attempt++) {
      const { Responses, UnprocessedKeys } = await call('BatchGetItem', {
        RequestItems: { [tableName]: { Keys: keys, ConsistentRead: consistent, ...storedStateAnd(further) } },
      });
      items.push(...(Responses?.[tableName] ?? []));
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (keys.length === 0) return items;
      if (attempt === BATCH_GET_ATTEMPTS)
        throw unavailable(new Error(`${keys.length} keys left unprocessed`));
      await backOff(attempt);
    }
  }

  async function read(pks: readonly string[], consistent: boolean, further?: string): Promise<StoredItem[]> {
    const [pk] = pks;
    if (pk !== undefined && pks.length === 1) {
      const { Item } = await call('GetItem', {
        TableName: tableName,
        Key: keyOf(pk),
        ConsistentRead: consistent,
        ...storedStateAnd(further),
      });
      return Item ? [Item] : [];
    }
    const batches = Array.from({ length: Math.ceil(pks.length / BATCH_GET_LIMIT) }, (_, i) =>
      batchGet(pks.slice(i * BATCH_GET_LIMIT, (i + 1) * BATCH_GET_LIMIT), consistent, further),
    );
    return (await Promise.all(batches)).flat();
  }

  /** The id tells our own write, repeated after its answer was lost, from somebody else's. */
  async function putOne(row: Row, condition: Condition): Promise<Outcome> {
    const writeId = randomUUID();
    try {
      await call('PutItem', {
        TableName: tableName,
        Item: { ...itemOf(row), writeId: { S: writeId } },
        ...conditionExpression(condition),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return 'written';
    } catch (error) {
      if (isCalled(error, 'TransactionConflictException')) return 'contended';
      if (!isCalled(error, 'ConditionalCheckFailedException')) throw error;
      const { Item } = error as ConditionalCheckFailedException;
      return Item?.['writeId']?.S === writeId ? 'written' : 'refused';
    }
  }

  async function putAll(puts: readonly Put[]): Promise<Outcome> {
    const TransactItems = puts.map(({ pk, condition, row }) => {
      const target = { TableName: tableName, ...conditionExpression(condition) };
      return row
        ? { Put: { ...target, Item: itemOf(row) } }
        : { ConditionCheck: { ...target, Key: keyOf(pk) } };
    });
    try {
      // The token tells a repeated call from another one with the same writes.
      await call('TransactWriteItems', { TransactItems, ClientRequestToken: randomUUID() });
      return 'written';
    } catch (error) {
      if (!isCalled(error, 'TransactionCanceledException')) throw error;
      const { CancellationReasons } = error as TransactionCanceledException;
      const codes = new Set(CancellationReasons?.map(({ Code }) => Code));
      codes.delete('None');
      if (codes.delete('TransactionConflict')) return 'contended';
      if (codes.delete('ConditionalCheckFailed')) return 'refused';
      // Unlike a throttled call by itself, this was tried once only.
      if (codes.has('ThrottlingError') || codes.has('ProvisionedThroughputExceeded')) return 'contended';
      throw error;
    }
  }

  /** The items of an index's entries: those themselves where it holds states. What has left the place since is left out. */
  async function itemsOf(
    entries: readonly StoredItem[],
    partitionName: string,
  ): Promise<readonly StoredItem[]> {
    if (entries.every((entry) => 'state' in entry)) return entries;
    const pks = entries.map((entry) => entry[PARTITION_KEY]?.S ?? '');
    const states = new Map(
      (await read(pks, false, partitionName)).map((item) => [item[PARTITION_KEY]?.S, item]),
    );
    return entries.flatMap((entry) => {
      const item = states.get(entry[PARTITION_KEY]?.S);
      return item?.[partitionName]?.S === entry[partitionName]?.S ? [{ ...entry, ...item }] : [];
    });
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
          ...(after && {
            ExclusiveStartKey: marshall({
              pk: after.pk,
              [partitionName]: after.partition,
              [sortName]: after.sort,
            }),
          }),
        };
        const { Items: entries = [], LastEvaluatedKey } =
          partition === undefined
            ? await call('Scan', page)
            : await call('Query', {
                ...page,
                KeyConditionExpression: '#partition = :partition',
                ExpressionAttributeNames: { '#partition': partitionName },
                ExpressionAttributeValues: { ':partition': { S: partition } },
              });
        const position = (item: StoredItem): Position => ({
          partition: item[partitionName]?.S ?? '',
          sort: item[sortName]?.S ?? '',
          pk: item['pk']?.S ?? '',
        });
        return {
          rows: (await itemsOf(entries, partitionName)).map((item) => ({
            ...storedState(item),
            position: position(item),
          })),
          next: LastEvaluatedKey && position(LastEvaluatedKey),
        };
      }),

    ping: () =>
      translated(async () => {
        await call('GetItem', { TableName: tableName, Key: keyOf('ping#') });
      }),
  };
}

/** Reads what a row says of its state, and no events; and a further attribute. */
function storedStateAnd(further: string | undefined) {
  const projection = 'pk, version, #state, expiresAt';
  return {
    ProjectionExpression: further === undefined ? projection : `${projection}, ${further}`,
    ExpressionAttributeNames: { '#state': 'state' },
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

function isCalled(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** What the SDK itself takes as an error to classify. */
type SdkError = Parameters<typeof isThrottlingError>[0];

function unavailable(cause: Error): DomainError {
  return new DomainError('unavailable', 'store-unavailable', 'The store does not answer: try again', {
    cause,
  });
}
