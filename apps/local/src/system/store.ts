import type { Metrics } from '@tandem/chassis/metrics';
import { activeTraceparent } from '@tandem/chassis/trace';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import type { ChangeFeed, Table } from '@tandem/storage/table';

/** Store of a service's table. */
export interface Store {
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  /** Deletes the items that have expired at that time, in seconds since the epoch; absent if the store has TTL itself. */
  readonly removeExpired?: (nowSeconds: number) => number;
  readonly close: () => void;
}

/** Opens the table in a store. */
export function tableOf({ driver }: Store, metrics: Metrics): Table {
  return createTable(driver, {
    now: () => Date.now(),
    traceparent: activeTraceparent,
    onConflict: () => metrics.count('ConflictsRetried'),
  });
}
