import { SNSClient } from '@aws-sdk/client-sns';
import { readConfig } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import {
  mapServices,
  mapServicesAsync,
  type ServiceName,
  type TableName,
  topology,
  serviceNames,
} from '@tandem/contracts/topology';
import { startEmulator } from '@tandem/emulators/messaging';
import { localConfig } from '@tandem/local/config';
import { assemble } from '@tandem/local/system/assemble';
import { createStoreTable, openDynamoStore } from '@tandem/local/system/dynamodb-store';
import { createForwarding } from '@tandem/local/system/forwarding';
import type { Store } from '@tandem/local/system/store';
import type { CallDynamo } from '@tandem/storage/dynamodb-calls';
import { instrumentClient } from './instrument-client.ts';
import { createLockstep } from './lockstep.ts';
import { createRecorder } from './recorder.ts';
import { createUnitMeter } from './units.ts';

const HOST = '127.0.0.1';
/** The services that run as tasks: one request or event at a time, unlike those that consume batches. */
export const measuredServices = serviceNames.filter(
  (service) => topology.services[service].runsAs === 'task',
);
/** Maximum delay of a timer, so that no sweep runs by itself: sweeps are measured separately. */
const NEVER_MS = 2 ** 31 - 1;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const aws = { region: 'us-east-1', credentials };

/** Starts every service of the topology on DynamoDB Local, with instrumented clients, in lockstep. */
export async function startSystem(dynamoDb: string) {
  await using starting = new AsyncDisposableStack();
  const [lockstep, recorder, meter] = [createLockstep(), createRecorder(), createUnitMeter()];
  const metrics = mapServices(createMetrics);
  const emulator = await startEmulator({ host: HOST, port: 0, directory: undefined });
  starting.defer(() => emulator.stop());
  const { endpoint } = emulator;

  const recordCalls =
    (service: ServiceName) =>
    (call: CallDynamo): CallDynamo =>
    async (operation, input) => {
      let output: Awaited<ReturnType<CallDynamo>> | undefined;
      try {
        return (output = await call(operation, input));
      } finally {
        const consumption = meter.record(operation, input, output);
        recorder.called(service, operation, consumption);
        for (const [sum, table, value] of consumption)
          if (sum === 'changes' && value > 0) lockstep.changed(table as TableName);
      }
    };
  const openStore = async (service: ServiceName): Promise<Store> => {
    const { table } = topology.services[service];
    if (!table) throw new TypeError(`${service} has no table`);
    const client = { ...aws, endpoint: dynamoDb };
    await createStoreTable(table, { name: table, client });
    const store = openDynamoStore({ name: table, client, wrapCalls: recordCalls(service) });
    return { ...store, feed: lockstep.inLockstep(table, store.feed) };
  };
  const assemblies = starting.use(
    await assemble({
      config: readConfig(localConfig, {
        EPHEMERAL: '1',
        SEED: '0',
        HOLD_SWEEP_MS: String(NEVER_MS),
        SERVICES: measuredServices.join(','),
      }),
      endpoint,
      forwarding: createForwarding(),
      openStore,
      loggerOf: (name) =>
        createLogger({ name, level: 'info', destination: { write: (text) => recorder.logged(name, text) } }),
      telemetryOf: (service) => ({ metrics: metrics[service], tracer: undefined }),
      onClient: (principal, client) => instrumentClient(principal, client, { lockstep, recorder }),
    }),
  );
  const urls = await mapServicesAsync(async (service) => {
    assemblies[service].startRelay();
    const instance = await assemblies[service].createService();
    starting.defer(() => instance.stop());
    return (await instance.start({ host: HOST, port: 0 })).url;
  }, measuredServices);
  const sns = starting.adopt(new SNSClient({ ...aws, endpoint }), (client) => client.destroy());
  instrumentClient('measurement', sns, { lockstep, recorder });
  // Disposed first: rejects the receives that wait.
  starting.defer(() => lockstep.stop());
  const running = starting.move();
  return {
    urls,
    metrics,
    /** Table of the products. */
    products: assemblies[topology.tables.products.owner].table,
    /** Client to publish events with. */
    sns,
    lockstep,
    recorder,
    /** Items that were written, in DynamoDB's JSON. */
    items: meter.items,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export type MeasuredSystem = Awaited<ReturnType<typeof startSystem>>;
