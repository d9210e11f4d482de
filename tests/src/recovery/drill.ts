import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { TableName } from '@tandem/contracts/topology';
import { topology } from '@tandem/contracts/topology';
import { REGION } from '@tandem/emulators/messaging-config';
import type { System } from '@tandem/local/system/start';
import { startCommand } from '../support/command.ts';
import { startWorkload, type Workload } from '../support/consistency/workload.ts';
import { recordStockEvents, type StockEventRecorder } from '../support/consistency/stock-events.ts';
import { type Client, client } from '../support/http.ts';
import { seeded } from '../support/random.ts';
import { withSystem } from '../support/system.ts';
import { pausable } from './pausable.ts';
import { openRestorableTable, type RestorableTable } from './restorable-table.ts';

/** Endpoint of DynamoDB Local. */
export const endpoint = process.env['DYNAMODB_ENDPOINT'];
export const skip = endpoint === undefined && 'set DYNAMODB_ENDPOINT, or run npm run test:dynamodb';

/** A shop under load, on tables that can be lost, and the tools of its operator. */
export interface Drill {
  readonly urls: System['urls'];
  readonly tables: Readonly<Record<TableName, RestorableTable>>;
  readonly api: Client;
  readonly workload: Workload;
  readonly recorder: StockEventRecorder;
  /** Lets the requests in flight end, and delays further ones while `work` runs. */
  readonly withoutRequests: <T>(work: () => Promise<T>) => Promise<T>;
  /** Runs a command of the operator by its module; rejects unless it exits with the code. Resolves to its standard output. */
  readonly run: (module: string, args: readonly string[], code?: number) => Promise<string>;
  /** Time of each step in milliseconds. */
  readonly timed: <T>(step: string, work: () => Promise<T>) => Promise<T>;
}

/** Runs a drill with a workload. Prints the time of each step. */
export async function withDrill(t: TestContext, drill: (drill: Drill) => Promise<void>): Promise<void> {
  // Each access key has its own database.
  const config = {
    endpoint: endpoint ?? '',
    region: REGION,
    credentials: { accessKeyId: randomUUID().replaceAll('-', ''), secretAccessKey: 'local' },
  };
  const names = Object.keys(topology.tables) as TableName[];
  const tables = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await openRestorableTable(name, config)] as const)),
  ) as Record<TableName, RestorableTable>;
  const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`FAULT_SEED=${seed}`);

  const run = async ({ urls }: System) => {
    const traffic = pausable();
    const api = client(urls.gateway, false, traffic.transport);
    const recorder = await recordStockEvents(urls.aws);
    const load = { shoppers: 3, merchants: 2, buyers: 2, retryTimeoutMs: 60_000 };
    const workload = await startWorkload({ whenUp: async () => api, random: seeded(seed), ...load });
    const env = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: urls.aws,
      AWS_ENDPOINT_URL_DYNAMODB: config.endpoint,
    };
    try {
      await drill({
        urls,
        tables,
        api,
        workload,
        recorder,
        withoutRequests: traffic.withoutRequests,
        async run(module, args, expected = 0) {
          const { code, stdout, stderr } = await startCommand(module, args, { env }).exit;
          t.diagnostic(`${module} ${args.join(' ')}: exit code ${code}\n${stderr}`);
          if (code !== expected) throw new Error(`${module} ${args.join(' ')}: ${code}\n${stdout}${stderr}`);
          return stdout;
        },
        async timed(step, work) {
          const start = performance.now();
          const result = await work();
          t.diagnostic(`${step}: ${Math.round(performance.now() - start)} ms`);
          return result;
        },
      });
    } finally {
      await workload.stop().catch(() => undefined);
    }
  };
  await withSystem(
    run,
    {},
    {
      async openStore(service) {
        const { table } = topology.services[service];
        if (table === undefined) throw new TypeError(`${service} has no table`);
        return tables[table].store;
      },
    },
  );
}
