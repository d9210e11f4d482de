import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import type { ServiceName } from '@tandem/contracts/topology';
import { ownerOf, type ServedTables } from './routes.ts';
import type { TableReader } from './tables.ts';

/** The tables in the stores of a local system. Without a directory nothing is kept, and no other system has the same. */
export function servedTables(
  storeOf: (service: ServiceName) => { readonly driver: TableReader } | undefined,
  directory: string | undefined,
): ServedTables {
  return {
    id: directory === undefined ? randomUUID() : resolve(directory),
    of(table) {
      const store = storeOf(ownerOf[table]);
      if (!store) throw new DomainError('unavailable', 'store-unavailable', 'The store is not open yet.');
      return store.driver;
    },
  };
}
