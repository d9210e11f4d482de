import type { Driver, IndexPage, IndexQuery, Position, ScanPage, ScanQuery } from './driver.ts';
import type { CallDynamo } from './dynamodb-calls.ts';
import { isThrottled, withDomainErrors } from './dynamodb-errors.ts';
import { keyOf, storedState, type StoredItem } from './dynamodb-items.ts';
import { indexAttributes, PARTITION_KEY } from './dynamodb-layout.ts';
import { createReader, projection } from './dynamodb-reads.ts';
import { attributesOf } from './dynamodb-values.ts';
import { createWriter } from './dynamodb-writes.ts';
import { joinReads } from './joined-reads.ts';
import { pkPrefix as prefixOf } from './pk.ts';

/** Driver for a table in DynamoDB with the schema of {@link createDynamoTable}. */
export function dynamoDriver(call: CallDynamo, tableName: string): Driver {
  const read = joinReads(createReader(call, tableName));
  const write = createWriter(call, tableName);

  /**
   * The items of index entries. The entries of an index of states are complete. For those of an index of keys, the items
   * are read; items that have since left the partition are omitted.
   */
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

  async function queryIndex({
    index,
    partition,
    limit,
    after,
    until,
    pkPrefix = '',
    order,
  }: IndexQuery): Promise<IndexPage> {
    const [partitionName, sortName] = indexAttributes(index);
    const page = {
      TableName: tableName,
      IndexName: index,
      Limit: limit,
      ...(after && {
        ExclusiveStartKey: attributesOf({
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
            ...(order === 'descending' && { ScanIndexForward: false }),
            KeyConditionExpression: `#partition = :partition${until === undefined ? '' : ' AND #sort <= :until'}`,
            ExpressionAttributeNames: {
              '#partition': partitionName,
              ...(until !== undefined && { '#sort': sortName }),
            },
            ExpressionAttributeValues: {
              ':partition': { S: partition },
              ...(until !== undefined && { ':until': { S: until } }),
            },
          });
    const position = (item: StoredItem): Position => ({
      partition: item[partitionName]?.S ?? '',
      sort: item[sortName]?.S ?? '',
      pk: item[PARTITION_KEY]?.S ?? '',
    });
    const wanted = entries.filter((entry) => entry[PARTITION_KEY]?.S?.startsWith(pkPrefix));
    return {
      rows: (await itemsOf(wanted, partitionName)).map((item) => ({
        ...storedState(item),
        position: position(item),
      })),
      next: LastEvaluatedKey && position(LastEvaluatedKey),
    };
  }

  async function scan({ kind, segment, segments, limit, after }: ScanQuery): Promise<ScanPage> {
    const { Items = [], LastEvaluatedKey } = await call('Scan', {
      TableName: tableName,
      Segment: segment,
      TotalSegments: segments,
      Limit: limit,
      ConsistentRead: true,
      FilterExpression: `begins_with(${PARTITION_KEY}, :prefix)`,
      ExpressionAttributeValues: { ':prefix': { S: prefixOf(kind) } },
      ...projection(),
      ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(after) }),
    });
    return { rows: Items.map(storedState), next: LastEvaluatedKey?.[PARTITION_KEY]?.S };
  }

  return {
    read: (pks, { consistent }) =>
      withDomainErrors(async () => (await read(pks, consistent)).map(storedState)),
    write: (puts) => withDomainErrors(() => write(puts)),
    queryIndex: (query) => withDomainErrors(() => queryIndex(query)),
    scan: (query) => withDomainErrors(() => scan(query)),
    ping: () =>
      withDomainErrors(async () => {
        const input = { TableName: tableName, Key: keyOf('ping#') };
        await call('GetItem', input, { retriesThrottling: false }).catch((error: unknown) => {
          if (!(error instanceof Error && isThrottled(error))) throw error;
        });
      }),
  };
}
