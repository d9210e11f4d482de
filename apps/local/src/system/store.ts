import type { Metrics } from '@tandem/chassis/metrics';
import { activeTraceparent } from '@tandem/chassis/trace';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import type { ChangeFeed, Table } from '@tandem/storage/table';

/** Where a service's table is kept. */
export interface Store {
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  /** Removes what has expired by then, in seconds since the epoch; absent where the store does so itself. */
  readonly removeExpired?: (nowSeconds: number) => number;
  readonly close: () => void;
}

/** The table that is kept in a store. */
export function tableOf({ driver }: Store, metrics: Metrics): Table {
  return createTable(driver, {
    now: () => Date.now(),
    traceparent: activeTraceparent,
    onConflict: () => metrics.count('ConflictsRetried'),
  });
}
