import type { Report } from '@tandem/console/telemetry-message';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Driver } from '@tandem/storage/driver';

/** The store of a service's table, whose committed writes are reported. */
export function reportWrites<S extends { readonly driver: Driver }>(
  store: S,
  service: ServiceName,
  report: Report,
): S {
  const { driver } = store;
  const { table } = topology.services[service];
  if (table === undefined) return store;
  return {
    ...store,
    driver: {
      ...driver,
      async write(puts) {
        const outcome = await driver.write(puts);
        const items = puts.filter(({ row }) => row !== undefined).length;
        if (outcome === 'written' && items > 0) report({ kind: 'written', table, items });
        return outcome;
      },
    },
  };
}
