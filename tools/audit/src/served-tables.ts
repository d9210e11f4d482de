import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { ServedTables } from './routes.ts';
import type { TableReader } from './tables.ts';

/** Tables in the stores of a local system. Without a directory they are in memory only, and have a unique id. */
export function servedTables(
  storeOf: (service: ServiceName) => { readonly driver: TableReader } | undefined,
  directory: string | undefined,
): ServedTables {
  return {
    id: directory === undefined ? randomUUID() : resolve(directory),
    of(table) {
      const store = storeOf(topology.tables[table].owner);
      if (!store)
        throw new DomainError('unavailable', 'store-unavailable', 'The store is not open yet. Retry later.');
      return store.driver;
    },
  };
}
