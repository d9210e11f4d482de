import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readConfig } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { mapServices, onlyQueueOf } from '@tandem/contracts/topology';
import { queueUrl, REGION } from '@tandem/emulators/messaging-config';
import { startEmulator } from '@tandem/emulators/messaging';
import { localConfig } from '@tandem/local/config';
import {
  type Assembly,
  type AssemblyOptions,
  assemble,
  assembleService,
} from '@tandem/local/system/assemble';
import { createForwarding } from '@tandem/local/system/forwarding';
import { recordCalls } from './aws-calls/record.ts';
import { client } from './http.ts';
import { depth } from './queues.ts';
import { openStore } from './store.ts';
import { until } from './until.ts';

const CART_QUEUE = onlyQueueOf('cart');

/** Options of an assembly for tests: silent, without caches, and with its calls to AWS recorded. */
export function assemblyOptions(
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
): AssemblyOptions {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const metrics = createMetrics();
  return {
    config: readConfig(localConfig, { EPHEMERAL: '1', READ_CACHE_MS: '0', ...environment }),
    endpoint,
    forwarding: createForwarding(),
    openStore,
    loggerOf: () => logger,
    telemetryOf: () => ({ metrics, tracer: undefined }),
    onClient: recordCalls,
    validateResponses: true,
  };
}

/** Opens all services with their tables and relays; each service can be stopped and started again. */
export async function openServices(stack: AsyncDisposableStack) {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
  stack.defer(() => emulator.stop());
  const { endpoint } = emulator;
  const sqs = new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const options = assemblyOptions(endpoint);
  const assemblies = stack.use(await assemble(options));
  mapServices((service) => assemblies[service].startRelay());

  const start = async ({ createService }: Assembly) => {
    const service = await createService();
    const { url } = await service.start({ host: '127.0.0.1', port: 0 });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= service.stop());
    stack.defer(stop);
    return { ...client(url), stop };
  };
  return {
    /** Purges Cart's queue once it has this number of messages. */
    loseUpdates: async (messages: number) => {
      await until(
        () => depth(endpoint, CART_QUEUE),
        (waiting) => waiting === messages,
      );
      await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(endpoint, CART_QUEUE) }));
    },
    startProduct: () => start(assemblies.product),
    cart: assemblies.cart,
    /** Another Cart with a table of its own, empty, with its relay. */
    openCart: async () => {
      const assembly = stack.use(await assembleService('cart', options));
      assembly.startRelay();
      return assembly;
    },
    startCart: (assembly: Assembly = assemblies.cart) => start(assembly),
  };
}

/** The table of a service that has one. */
export function tableOf({ table }: Assembly): NonNullable<Assembly['table']> {
  if (!table) throw new TypeError('This service has no table');
  return table;
}
