import type { CallDynamo } from './dynamodb-calls.ts';
import { unavailable } from './dynamodb-errors.ts';
import { keyOf, type StoredItem } from './dynamodb-items.ts';
import { TTL_ATTRIBUTE, WRITE_IDS } from './dynamodb-layout.ts';
import { backOff } from './retry.ts';

const BATCH_GET_LIMIT = 100;
const BATCH_GET_ATTEMPTS = 8;

/** Reads the items with distinct keys, in no defined order, with the attributes of {@link projection}. */
export type ReadItems = (
  pks: readonly string[],
  consistent: boolean,
  additionalAttribute?: string,
) => Promise<StoredItem[]>;

/** Reads single items by GetItem, several by BatchGetItem. */
export function createReader(call: CallDynamo, tableName: string): ReadItems {
  async function batchGet(
    pks: readonly string[],
    consistent: boolean,
    additionalAttribute?: string,
  ): Promise<StoredItem[]> {
    const items: StoredItem[] = [];
    const options = { ConsistentRead: consistent, ...projection(additionalAttribute) };
    let keys: StoredItem[] = pks.map(keyOf);
    for (let attempt = 0; ; attempt++) {
      const { Responses, UnprocessedKeys } = await call('BatchGetItem', {
        RequestItems: { [tableName]: { Keys: keys, ...options } },
      });
      items.push(...(Responses?.[tableName] ?? []));
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (keys.length === 0) return items;
      if (attempt === BATCH_GET_ATTEMPTS)
        throw unavailable(new Error(`${keys.length} keys left unprocessed`));
      await backOff(attempt);
    }
  }

  return async (pks, consistent, additionalAttribute) => {
    const [pk] = pks;
    if (pk !== undefined && pks.length === 1) {
      const { Item } = await call('GetItem', {
        TableName: tableName,
        Key: keyOf(pk),
        ConsistentRead: consistent,
        ...projection(additionalAttribute),
      });
      return Item ? [Item] : [];
    }
    const batches = Array.from({ length: Math.ceil(pks.length / BATCH_GET_LIMIT) }, (_, i) =>
      batchGet(pks.slice(i * BATCH_GET_LIMIT, (i + 1) * BATCH_GET_LIMIT), consistent, additionalAttribute),
    );
    return (await Promise.all(batches)).flat();
  };
}

/** Projection of the attributes to read: state and lineage, not events; and optionally an additional one. */
export function projection(additionalAttribute?: string) {
  const attributes = ['pk', 'version', '#state', TTL_ATTRIBUTE, WRITE_IDS];
  if (additionalAttribute !== undefined) attributes.push(additionalAttribute);
  return {
    ProjectionExpression: attributes.join(', '),
    ExpressionAttributeNames: { '#state': 'state' },
  };
}
