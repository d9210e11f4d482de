import { createHash } from 'node:crypto';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { retryThrottled } from '@tandem/audit/aws-tables';
import { carts } from '@tandem/cart/store/entity-types';
import type { Cart } from '@tandem/cart/domain/cart';
import { chunksOf, createRateLimiter } from '@tandem/cli/batches';
import { DomainError } from '@tandem/chassis/errors';
import { callAws } from '@tandem/dlq/call-aws';
import type { StoredProduct } from '@tandem/product/domain/product';
import { products } from '@tandem/product/store/entity-types';
import type { Driver } from '@tandem/storage/driver';
import type { CallDynamo } from '@tandem/storage/dynamodb-calls';
import { withDomainErrors } from '@tandem/storage/dynamodb-errors';
import { HAS_EVENTS, PARTITION_KEY, WRITE_IDS } from '@tandem/storage/dynamodb-layout';
import { evidenceOf, extendLineage, ID_CHARS } from '@tandem/storage/dynamodb-lineage';
import { pkOf } from '@tandem/storage/pk';
import { type Scanned, scanKind } from '@tandem/storage/scan';
import { key, type EntityType, type Versioned } from '@tandem/storage/table';
import type { PositionFile } from './position.ts';

/** Tables whose versions order the events of a service. */
export type RaisedTable = 'products' | 'carts';

export interface RaiseOptions {
  readonly table: RaisedTable;
  /** Physical name of the table. */
  readonly name: string;
  readonly client: DynamoDBClient;
  readonly calls: CallDynamo;
  readonly driver: Pick<Driver, 'scan' | 'read'>;
  readonly segments: number;
  /** Items per second. */
  readonly rate: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly openPosition: (id: string) => PositionFile;
  readonly onProgress?: (items: number) => void;
  /** Stops it after the current page. */
  readonly signal?: AbortSignal;
}

export interface RaiseReport {
  readonly raised: number;
  /** Items that were raised before. */
  readonly unchanged: number;
  readonly isInterrupted: boolean;
}

/**
 * Increase of a version: more than the changes of an item between a backup and its restore, and a tenth of the largest leap
 * that consumers accept (decision 047).
 */
export const RAISE_BY = 100_000;

const PAGE = 200;
/** Concurrent writes. */
const CONCURRENCY = 32;
/** Writers of an item that precede: the service may run. */
const ATTEMPTS = 10;

/**
 * Raises the version of each product, deleted ones included, or of each open cart, so that its next events are newer than any
 * that was published before a restore. Publishes nothing. Safe to repeat: the id of the restored table, which each raised item
 * has among the ids of its last writes, shows that it was raised. One that was written too often since has a raised version, and
 * was written after the restore. Rejects with a DomainError of one line.
 */
export async function raise(options: RaiseOptions): Promise<RaiseReport> {
  return options.table === 'products'
    ? raiseItems<StoredProduct>(options, products, () => true)
    : raiseItems<Cart>(options, carts, ({ status }) => status === 'open');
}

async function raiseItems<S extends Versioned & { readonly updatedAt: string }>(
  options: RaiseOptions,
  kind: EntityType<S>,
  isRaised: (state: S) => boolean,
): Promise<RaiseReport> {
  const { driver, name, client, calls, segments, rate, now, signal, onProgress = () => undefined } = options;
  const { tableId, createdAt } = await describe(client, name);
  const writeId = createHash('sha256').update(tableId).digest('base64url').slice(0, ID_CHARS);
  const position = options.openPosition(`raise/${tableId}/${segments}`);
  const limitRate = createRateLimiter(rate);
  const counts = { raised: 0, unchanged: 0 };

  const raiseItem = async ({ id, ...item }: Scanned<S>): Promise<void> => {
    let current: Omit<Scanned<S>, 'id'> | undefined = item;
    const pk = pkOf(key(kind, id));
    for (let attempt = 0; current && isRaised(current.state); attempt++) {
      const { lineage, state } = current;
      const isMarked = evidenceOf(writeId, { stored: lineage, read: undefined }) === 'applied';
      if (isMarked || (state.version >= RAISE_BY && Date.parse(state.updatedAt) >= createdAt)) {
        counts.unchanged += 1;
        return;
      }
      if (attempt === ATTEMPTS)
        throw new DomainError(
          'unavailable',
          'contended',
          `${pk} keeps changing: stop its service, and repeat`,
        );
      if (
        await write(calls, name, { pk, version: state.version, lineage: extendLineage(lineage, writeId) })
      ) {
        counts.raised += 1;
        return;
      }
      const [row] = await driver.read([pk], { consistent: true });
      current = row && { state: row.state as S, lineage: row.lineage };
    }
  };

  const scan = { segments, pageSize: PAGE, now, startAfter: await position.read() };
  for await (const page of scanKind(driver, kind, scan)) {
    for (const chunk of chunksOf(page.items, Math.min(CONCURRENCY, rate))) {
      await limitRate(chunk.length);
      await Promise.all(chunk.map(raiseItem));
    }
    onProgress(counts.raised + counts.unchanged);
    await position.write(page.position);
    if (signal?.aborted) return { ...counts, isInterrupted: true };
  }
  await position.remove();
  return { ...counts, isInterrupted: false };
}

/** Id of a table, and its creation in milliseconds since the epoch: a restored table has new ones, whatever its name. */
async function describe(client: DynamoDBClient, name: string) {
  const call = client.send(new DescribeTableCommand({ TableName: name }));
  const { Table } = await callAws('dynamodb:DescribeTable', name, call);
  const { TableId, TableArn, CreationDateTime } = Table ?? {};
  return {
    tableId: TableId ?? `${TableArn}/${CreationDateTime?.toISOString()}`,
    createdAt: CreationDateTime?.getTime() ?? Infinity,
  };
}

/** Raises the version of an item if it is still this one. Resolves to whether it was. */
async function write(
  calls: CallDynamo,
  TableName: string,
  { pk, version, lineage }: { readonly pk: string; readonly version: number; readonly lineage: string },
): Promise<boolean> {
  const input = {
    TableName,
    Key: { [PARTITION_KEY]: { S: pk } },
    ConditionExpression: 'version = :old',
    // Without events, so that the relay publishes nothing.
    UpdateExpression: `SET version = :new, #state.version = :new, #events = :none, #lineage = :lineage REMOVE ${HAS_EVENTS}`,
    ExpressionAttributeNames: { '#state': 'state', '#events': 'events', '#lineage': WRITE_IDS },
    ExpressionAttributeValues: {
      ':old': { N: String(version) },
      ':new': { N: String(version + RAISE_BY) },
      ':none': { L: [] },
      ':lineage': { S: lineage },
    },
  };
  const send = () =>
    calls('UpdateItem', input).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
        throw error;
      },
    );
  return callAws(
    'dynamodb:UpdateItem',
    TableName,
    retryThrottled(() => withDomainErrors(send)),
  );
}
