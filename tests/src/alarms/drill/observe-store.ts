import { DomainError } from '@tandem/chassis/errors';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Store } from '@tandem/local/system/store';
import { type Change } from '@tandem/storage/table';
import { type CloudWatch, TIME_FACTOR } from './cloudwatch.ts';

export interface ObserveStoreOptions {
  readonly service: ServiceName;
  readonly cloudWatch: CloudWatch;
  /** The id of the relay's event source mapping. */
  readonly mapping: string;
}

/**
 * Observes a store as DynamoDB and Lambda would: what is written, turned away, read from the stream, and brought again. It
 * stands outside of what makes the store fail.
 */
export function observeStore(store: Store, { service, cloudWatch, mapping }: ObserveStoreOptions): Store {
  const { table } = topology.relays[service];
  const { driver, feed } = store;
  const TableName = table;
  const writtenAt = new Map<string, number>();
  const ofTable = (name: string, dimensions: Readonly<Record<string, string>>, value: number) =>
    cloudWatch.record('AWS/DynamoDB', name, { TableName, ...dimensions }, value);
  const ofMapping = (name: string, value: number) =>
    cloudWatch.record('AWS/Lambda', name, { EventSourceMappingUUID: mapping }, value);

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
   * Of the batch that Lambda would have formed, what is not done with. Lambda brings that again as it was, whereas our relay
   * reads on behind it; what is there is not counted before the relay is through with it, or reads it first.
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
        // Also what a condition has refused is paid for.
        ofTable('ConsumedWriteCapacityUnits', {}, puts.length);
        if (outcome === 'written')
          for (const { row } of puts) if (row) writtenAt.set(`${row.pk} ${row.version}`, performance.now());
        return outcome;
      },
    },
    feed: {
      async read(limit, signal) {
        if (batch.length > 0) ofMapping('FailedInvokeEventCount', batch.length);
        read = await feed.read(limit, signal);
        if (batch.length === 0) {
          batch = read;
          poll(batch);
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

/** As the DynamoDB driver tells that DynamoDB has turned a call away, again and again. */
function isThrottled(error: unknown): boolean {
  return (
    error instanceof DomainError &&
    error.cause instanceof Error &&
    error.cause.name === 'ProvisionedThroughputExceededException'
  );
}
