import type { Table } from '@tandem/storage/table';
import { type RelayOptions, startRelay } from './relay.ts';
import { tableOf } from './store.ts';

/** A service's table with what AWS runs beside it, over one store, which is closed at the end. */
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
