import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceName, type TableName, topology } from '@tandem/contracts/topology';
import { createStoreTable, openDynamoStore } from '@tandem/local/system/dynamodb-store';
import type { Store } from '@tandem/local/system/store';
import type { Random } from '../support/random.ts';

/** DynamoDB Local with the tables of all services, behind a proxy that loses responses. */
export interface LossyDynamoDb extends AsyncDisposable {
  /** Environment variables with the tables, for the system's processes. */
  readonly environment: Readonly<Record<string, string>>;
  /** Number of writes that had their effect and whose responses were lost. */
  lostResponses(): number;
  /** Loses no more responses. */
  stopInjecting(): void;
}

/** Maximum wait of a caller for a lost response: other writers change the same item meanwhile. */
const MAX_WAIT_MS = 300;
const isWrite = /\.(PutItem|TransactWriteItems)$/;
/** Client options: each run has its own access key, and so its own database. */
const optionsFor = (endpoint: string, run: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: run.replaceAll('-', ''), secretAccessKey: 'local' },
});

/** Creates empty tables, and a proxy that closes the connection of `perMille` of writes after their effect. */
export async function startLossyDynamoDb(
  endpoint: string,
  { random, perMille }: { readonly random: Random; readonly perMille: number },
): Promise<LossyDynamoDb> {
  const run = randomUUID();
  for (const table of Object.keys(topology.tables) as TableName[])
    await createStoreTable(table, { name: `${table}-${run}`, client: optionsFor(endpoint, run) });

  const agent = new Agent({ keepAlive: true });
  let lost = 0;
  let isStopped = false;
  const proxy = createServer((received, response) => {
    void (async () => {
      const body = await buffer(received);
      const { method, url: path, headers } = received;
      const { hostname, port } = new URL(endpoint);
      const upstreamRequest = request({ agent, hostname, port, method, path, headers });
      upstreamRequest.end(body);
      const [upstreamResponse] = (await once(upstreamRequest, 'response')) as [typeof received];
      const bytes = await buffer(upstreamResponse);
      const isApplied = upstreamResponse.statusCode === 200 && isWrite.test(String(headers['x-amz-target']));
      if (isApplied && !isStopped && random(1, 1_000) <= perMille) {
        lost += 1;
        await delay(random(0, MAX_WAIT_MS));
        response.destroy();
      } else response.writeHead(upstreamResponse.statusCode ?? 500, upstreamResponse.headers).end(bytes);
    })().catch(() => response.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    environment: {
      FAULTS_DYNAMODB: `http://127.0.0.1:${port}`,
      FAULTS_DYNAMODB_STREAMS: endpoint,
      FAULTS_DYNAMODB_RUN: run,
    },
    lostResponses: () => lost,
    stopInjecting: () => void (isStopped = true),
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
      agent.destroy();
    },
  };
}

/** Opens the tables from the environment variables of a process; undefined without them. */
export function dynamoStores(environment: NodeJS.ProcessEnv): ((service: ServiceName) => Store) | undefined {
  const {
    FAULTS_DYNAMODB: endpoint,
    FAULTS_DYNAMODB_STREAMS: streamsEndpoint,
    FAULTS_DYNAMODB_RUN: run,
  } = environment;
  if (endpoint === undefined || streamsEndpoint === undefined || run === undefined) return undefined;
  return (service) => {
    const { table } = topology.services[service];
    return openDynamoStore({
      name: `${table}-${run}`,
      client: optionsFor(endpoint, run),
      streams: optionsFor(streamsEndpoint, run),
    });
  };
}
