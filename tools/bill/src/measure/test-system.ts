import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { readConfig } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { startEmulator } from '@tandem/emulators/messaging';
import { openClients } from '@tandem/emulators/clients';
import { openContext } from '@tandem/local/system/context';
import { createForwarding } from '@tandem/local/system/forwarding';
import { createLocalService } from '@tandem/local/system/service';
import type { Store } from '@tandem/local/system/store';
import { dynamoDriver } from '@tandem/storage/dynamodb';
import { createDynamoCalls } from '@tandem/storage/dynamodb-calls';
import { openStreamFeed } from '@tandem/storage/dynamodb-streams';
import { createDynamoTable } from '@tandem/storage/dynamodb-table';
import { createLedger } from './ledger.ts';
import { createLockstep, type Lockstep } from './lockstep.ts';
import { startProxy } from './proxy.ts';
import { createTally } from './tally.ts';
import { instrumentClient } from './instrument-client.ts';

const HOST = '127.0.0.1';
/** Maximum delay of a timer, to disable sweeps, which are measured separately. */
const NEVER_MS = 2 ** 31 - 1;
const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/**
 * Starts the whole system on DynamoDB Local, with instrumented clients, and components that act in lockstep. Loggers, metrics,
 * relays and consumers are those of production.
 */
export async function startTestSystem(dynamoDb: string) {
  await using starting = new AsyncDisposableStack();
  const lockstep = createLockstep();
  const ledger = createLedger();
  const tally = createTally(lockstep);
  const config = readConfig(localConfig, { EPHEMERAL: '1', SEED: '0' });
  const emulator = await startEmulator({ host: HOST, port: 0, directory: undefined });
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const observer = { ...tally, lockstep };

  const startService = async (service: ServiceName) => {
    const proxy = await startProxy(dynamoDb, (exchange) =>
      tally.stored(service, exchange.api, ledger.record(exchange)),
    );
    starting.defer(() => proxy.stop());
    const clients = openClients(service, endpoint, (principal, client) =>
      instrumentClient(principal, client, observer),
    );
    starting.use(clients.service);
    starting.use(clients.relay);
    const logger = createLogger({
      name: service,
      level: 'info',
      destination: { write: (line) => tally.logged(line) },
    });
    const common = { service, config, endpoint, logger, metrics: createMetrics(), tracer: undefined };
    const store = await openStore(service, { dynamoDb, proxy: proxy.url, lockstep });
    const { table } = starting.use(openContext({ ...common, ...clients.relay, store }));
    const part = await createLocalService({
      ...common,
      ...clients.service,
      table,
      forwarding: createForwarding(),
      sweepMs: NEVER_MS,
    });
    starting.defer(() => part.stop());
    const { url } = await part.start({ host: HOST, port: 0 });
    return { url, table, metrics: common.metrics, sns: clients.relay.sns };
  };
  const product = await startService('product');
  const cart = await startService('cart');
  // Stopped first: components that wait for their turn abort.
  starting.defer(() => lockstep.stop());
  const running = starting.move();
  return {
    urls: { product: product.url, cart: cart.url },
    metrics: { product: product.metrics, cart: cart.metrics },
    /** Dependencies of Product's sweeps. */
    product: { table: product.table, metrics: product.metrics },
    /** SNS clients of the relays. */
    topics: { product: product.sns, cart: cart.sns },
    lockstep,
    ledger,
    tally,
    stop: () => running.disposeAsync(),
  };
}

export type TestSystem = Awaited<ReturnType<typeof startTestSystem>>;

async function openStore(
  service: ServiceName,
  { dynamoDb, proxy, lockstep }: { dynamoDb: string; proxy: string; lockstep: Lockstep },
): Promise<Store> {
  const { table } = topology.relays[service];
  const owner = new DynamoDBClient({ ...local, endpoint: dynamoDb });
  await createDynamoTable(owner, table, topology.tables[table].indexes);
  owner.destroy();
  const client = new DynamoDBClient({ ...local, endpoint: proxy });
  const streams = new DynamoDBStreamsClient({ ...local, endpoint: dynamoDb });
  return {
    driver: dynamoDriver(createDynamoCalls(client), table),
    feed: lockstep.paced(table, openStreamFeed(streams, table)),
    close: () => {
      client.destroy();
      streams.destroy();
    },
  };
}
