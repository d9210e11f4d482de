import { DomainError } from '@tandem/chassis/errors';
import type { ServiceName, TableName } from '@tandem/contracts/topology';
import type { Store } from '@tandem/local/system/store';
import { type Change } from '@tandem/storage/table';
import { type CloudWatch, TIME_FACTOR } from './cloudwatch.ts';

export interface ObserveStoreOptions {
  readonly service: ServiceName;
  readonly table: TableName;
  readonly cloudWatch: CloudWatch;
  /** The id of the relay's event source mapping; undefined without a relay. */
  readonly mapping: string | undefined;
}

/**
 * Observes a store and records the metrics of DynamoDB and Lambda: writes, throttled calls, records read from the stream and
 * retried. It wraps the store with its injected faults.
 */
export function observeStore(
  store: Store,
  { service, table, cloudWatch, mapping }: ObserveStoreOptions,
): Store {
  const { driver, feed } = store;
  const TableName = table;
  const writtenAt = new Map<string, number>();
  const ofTable = (name: string, dimensions: Readonly<Record<string, string>>, value: number) =>
    cloudWatch.record('AWS/DynamoDB', name, { TableName, ...dimensions }, value);
  const ofMapping = (name: string, value: number) => {
    if (mapping !== undefined)
      cloudWatch.record('AWS/Lambda', name, { EventSourceMappingUUID: mapping }, value);
  };

  const counted = async <T>(kind: 'Read' | 'Write', index: string | undefined, call: () => Promise<T>) => {
    try {
      return await call();
    } catch (error) {
      const dimensions: Record<string, string> =
        index === undefined ? {} : { GlobalSecondaryIndexName: index };
      if (isThrottled(error)) ofTable(`${kind}ThrottleEvents`, dimensions, 1);
      throw error;
    }
  };

  /**
   * Unprocessed changes of the batch that Lambda would have formed. Lambda retries the same batch, whereas the local relay may
   * read further changes, which are counted only when it has processed them or reads them first.
   */
  let batch: readonly Change[] = [];
  let read: readonly Change[] = [];
  let newestPolled = 0;
  const poll = (changes: readonly Change[]) => {
    const polled = changes.filter(({ id }) => Number(id) > newestPolled);
    if (polled.length > 0) ofMapping('PolledEventCount', polled.length);
    newestPolled = Math.max(newestPolled, ...polled.map(({ id }) => Number(id)));
  };
  const ageMsOf = ({ kind, key, after }: Change) => {
    const at = writtenAt.get(`${kind}#${key} ${after?.version ?? 0}`);
    return at === undefined ? 0 : performance.now() - at;
  };
  return {
    ...store,
    driver: {
      ...driver,
      read: (pks, options) => counted('Read', undefined, () => driver.read(pks, options)),
      queryIndex: (query) => counted('Read', query.index, () => driver.queryIndex(query)),
      write: async (puts) => {
        const outcome = await counted('Write', undefined, () => driver.write(puts));
        // Failed conditional writes consume capacity, too.
        ofTable('ConsumedWriteCapacityUnits', {}, puts.length);
        if (outcome === 'written')
          for (const { row } of puts) if (row) writtenAt.set(`${row.pk} ${row.version}`, performance.now());
        return outcome;
      },
    },
    feed: {
      async read(limit, signal) {
        read = await feed.read(limit, signal);
        if (batch.length === 0) {
          batch = read;
          poll(batch);
          // An empty poll emits a 0.
          if (read.length === 0) ofMapping('PolledEventCount', 0);
        }
        const last = batch.at(-1);
        if (last) {
          const FunctionName = `${service}-relay`;
          cloudWatch.record('AWS/Lambda', 'IteratorAge', { FunctionName }, ageMsOf(last) * TIME_FACTOR);
        }
        return read;
      },
      async checkpoint(change) {
        await feed.checkpoint(change);
        const done = Number(change.id);
        poll(read.filter(({ id }) => Number(id) <= done));
        batch = batch.filter(({ id }) => Number(id) > done);
      },
    },
  };
}

/** Whether an error of the DynamoDB driver means that DynamoDB throttled all attempts. */
function isThrottled(error: unknown): boolean {
  return (
    error instanceof DomainError &&
    error.cause instanceof Error &&
    error.cause.name === 'ProvisionedThroughputExceededException'
  );
}
