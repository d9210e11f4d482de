import type { Table } from '@tandem/storage/table';
import { type RelayOptions, startRelay } from './relay.ts';
import { tableOf } from './store.ts';

/** Opens a service's table, and runs its relay and TTL over the same store. Disposal closes the store. */
export function openContext(options: RelayOptions): { table: Table } & AsyncDisposable {
  const { store, metrics } = options;
  const relay = startRelay(options);
  return {
    table: tableOf(store, metrics),
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      store.close();
    },
  };
}
