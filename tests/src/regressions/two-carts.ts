import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { assembleService } from '@tandem/local/system/assemble';
import type { Store } from '@tandem/local/system/store';
import type { System } from '@tandem/local/system/start';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import type { Table } from '@tandem/storage/table';
import { assemblyOptions } from '../support/assembly.ts';
import { type Client, client } from '../support/http.ts';
import { openStore } from '../support/store.ts';
import { withSystem } from '../support/system.ts';

/** System with two instances of Cart over one table: concurrent writers and two consumers. */
export interface TwoCarts extends System {
  /** Base URLs of both instances. */
  readonly cartUrls: readonly [string, string];
  /** Client of each instance. */
  readonly cartClients: readonly [Client, Client];
  /** Opens another handle on Cart's table, as another process has it. */
  readonly openCartTable: () => Table;
}

/** Runs a test on a system with two instances of Cart. */
export async function withTwoCarts(test: (system: TwoCarts) => Promise<void>): Promise<void> {
  let cartStore: Store | undefined;
  await withSystem(
    async (system) => {
      const store = cartStore ?? assert.fail('the system opens the store');
      const openCartTable = () => createTable(store.driver, { now: () => Date.now() });
      const second = await startSecondCart(system.urls.aws, store);
      try {
        await test({
          ...system,
          cartUrls: [system.urls.cart, second.url],
          cartClients: [client(system.urls.cart), client(second.url)],
          openCartTable,
        });
      } finally {
        await second.stop();
      }
    },
    {},
    {
      async openStore(service) {
        const store = await openStore(service);
        if (service !== 'cart') return store;
        cartStore = { ...store, driver: withReadDelay(store.driver) };
        return cartStore;
      },
    },
  );
}

/** Lets other writers run between a read and the write that follows it, also with a store in this process. */
function withReadDelay(driver: Driver): Driver {
  return {
    ...driver,
    async read(pks, options) {
      const rows = await driver.read(pks, options);
      await setImmediate();
      return rows;
    },
  };
}

async function startSecondCart(endpoint: string, store: Store) {
  const assembly = await assembleService('cart', {
    ...assemblyOptions(endpoint),
    // The first instance closes the store.
    openStore: () => ({ ...store, close: () => undefined }),
  });
  const service = await assembly.createService();
  const { url } = await service.start({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async stop() {
      await service.stop();
      await assembly[Symbol.asyncDispose]();
    },
  };
}
