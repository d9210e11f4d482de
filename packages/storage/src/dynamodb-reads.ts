import type { CallDynamo } from './dynamodb-calls.ts';
import { unavailable } from './dynamodb-errors.ts';
import { keyOf, type StoredItem } from './dynamodb-items.ts';
import { PARTITION_KEY, TTL_ATTRIBUTE, WRITE_IDS } from './dynamodb-layout.ts';
import { backOff } from './retry.ts';

const BATCH_GET_LIMIT = 100;
const BATCH_GET_ATTEMPTS = 8;

/** Reads the items with distinct keys, in no defined order, with the attributes of {@link projection}. */
export type ReadItems = (
  pks: readonly string[],
  consistent: boolean,
  additionalAttribute?: string,
) => Promise<StoredItem[]>;

/** Items that were read, and the keys that DynamoDB left out for want of capacity. */
export interface PartialRead {
  readonly items: readonly StoredItem[];
  readonly unprocessed: readonly string[];
}

/** Reads of one table. */
export interface Reader {
  /** Reads single items by GetItem, several by BatchGetItem. */
  readonly read: ReadItems;
  /** Reads items by BatchGetItem; waits for capacity only if none of a batch could be read. */
  readonly readOnce: (pks: readonly string[], consistent: boolean) => Promise<PartialRead>;
}

/** Creates the reads of a table by calls of DynamoDB. */
export function createReader(call: CallDynamo, tableName: string): Reader {
  async function batchGet(
    pks: readonly string[],
    consistent: boolean,
    additionalAttribute?: string,
  ): Promise<PartialRead> {
    const request = {
      Keys: pks.map(keyOf),
      ConsistentRead: consistent,
      ...projection(additionalAttribute),
    };
    const { Responses, UnprocessedKeys } = await call('BatchGetItem', {
      RequestItems: { [tableName]: request },
    });
    const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
    return {
      items: Responses?.[tableName] ?? [],
      unprocessed: unprocessed.map((key) => key[PARTITION_KEY]?.S ?? ''),
    };
  }

  async function readAll(
    pks: readonly string[],
    consistent: boolean,
    additionalAttribute?: string,
  ): Promise<StoredItem[]> {
    const read: StoredItem[] = [];
    let left = pks;
    for (let attempt = 0; ; attempt++) {
      const { items, unprocessed } = await batchGet(left, consistent, additionalAttribute);
      read.push(...items);
      if (unprocessed.length === 0) return read;
      if (attempt === BATCH_GET_ATTEMPTS)
        throw unavailable(new Error(`${unprocessed.length} keys left unprocessed`));
      left = unprocessed;
      await backOff(attempt);
    }
  }

  return {
    async read(pks, consistent, additionalAttribute) {
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
      const batches = batchesOf(pks).map((batch) => readAll(batch, consistent, additionalAttribute));
      return (await Promise.all(batches)).flat();
    },
    async readOnce(pks, consistent) {
      const reads = await Promise.all(batchesOf(pks).map((batch) => batchGet(batch, consistent)));
      return {
        items: reads.flatMap(({ items }) => items),
        unprocessed: reads.flatMap(({ unprocessed }) => unprocessed),
      };
    },
  };
}

function batchesOf(pks: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(pks.length / BATCH_GET_LIMIT) }, (_, i) =>
    pks.slice(i * BATCH_GET_LIMIT, (i + 1) * BATCH_GET_LIMIT),
  );
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
