import { setImmediate } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createCartService } from '@tandem/cart/app';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';
import { queueUrl, REGION } from '@tandem/emulators/messaging-config';
import type { Store } from '@tandem/local/system/store';
import type { System } from '@tandem/local/system/start';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import type { Table } from '@tandem/storage/table';
import { recordCalls } from './aws-calls/record.ts';
import { openStore } from './store.ts';
import { withSystem } from './system.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** System with two instances of Cart over one table: concurrent writers and two consumers. */
export interface TwoCarts extends System {
  /** Base URLs of both instances. */
  readonly cartUrls: readonly [string, string];
  /** Opens another handle on Cart's table, as another process has it. */
  readonly openCartTable: () => Table;
}

/** Runs a test on a system with two instances of Cart. */
export async function withTwoCarts(test: (system: TwoCarts) => Promise<void>): Promise<void> {
  let cartStore: Store | undefined;
  await withSystem(
    async (system) => {
      const { driver } = cartStore ?? (await openStore('cart'));
      const openCartTable = () => createTable(driver, { now: () => Date.now() });
      const second = await startSecondCart(system.urls.aws, openCartTable());
      try {
        await test({ ...system, cartUrls: [system.urls.cart, second.url], openCartTable });
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

async function startSecondCart(endpoint: string, table: Table) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint, region: REGION, credentials });
  recordCalls('cart', sqs);
  const service = await createCartService({
    table,
    sqs,
    queueUrl: queueUrl(endpoint, 'cart-product-updates-queue'),
    auth: createAuthenticator({
      issuer: LOCAL_ISSUER,
      audience: LOCAL_AUDIENCE,
      jwks: await localKeySet(),
    }),
    logger: createLogger({ name: 'second-cart', level: 'silent' }),
    metrics: createMetrics(),
    ttlSeconds: { guest: DAY_SECONDS, user: DAY_SECONDS },
    validateResponses: true,
  });
  const { url } = await service.start({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async stop() {
      await service.stop();
      sqs.destroy();
    },
  };
}
