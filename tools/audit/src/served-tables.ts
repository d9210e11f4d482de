import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { ServedTables } from './routes.ts';
import type { TableReader } from './tables.ts';

/**
 * Tables in the stores of a local system; a service that does not run has no store. Without a directory they are in memory only,
 * and have a unique id.
 */
export function servedTables(
  storeOf: (service: ServiceName) => { readonly driver: TableReader } | undefined,
  directory: string | undefined,
): ServedTables {
  return {
    id: directory === undefined ? randomUUID() : resolve(directory),
    of(table) {
      const { owner } = topology.tables[table];
      const store = storeOf(owner);
      if (!store)
        throw new DomainError(
          'conflict',
          'service-not-running',
          `This system runs without ${owner}. Add it to SERVICES.`,
        );
      return store.driver;
    },
  };
}
