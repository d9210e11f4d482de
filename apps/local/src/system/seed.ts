import type { ServiceName } from '@tandem/contracts/topology';
import type { Table } from '@tandem/storage/table';
import { services } from '../services.ts';

/** Stores the sample data of each of these services that has some. */
export async function seedTables(
  names: readonly ServiceName[],
  tableOf: (service: ServiceName) => Table | undefined,
): Promise<void> {
  for (const service of names) {
    const table = tableOf(service);
    if (table) await services[service].seed?.(table, new Date().toISOString());
  }
}
