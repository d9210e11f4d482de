import { type ServiceName, serviceNames } from '@tandem/contracts/topology';
import type { Table } from '@tandem/storage/table';
import { services } from '../services.ts';

/** Stores the sample data of each service that has some. */
export async function seedTables(tableOf: (service: ServiceName) => Table | undefined): Promise<void> {
  for (const service of serviceNames) {
    const table = tableOf(service);
    if (table) await services[service].seed?.(table, new Date().toISOString());
  }
}
