import { setTimeout as delay } from 'node:timers/promises';
import { mapServices } from '@tandem/contracts/topology';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { startWorkload } from '../support/consistency/workload.ts';
import { seeded } from '../support/random.ts';
import { recordStockEvents } from '../support/consistency/stock-events.ts';
import { client } from '../support/http.ts';
import { temporaryFolder } from '../support/process.ts';
import { until } from '../support/until.ts';
import { type InjectedFault, injectedFaults } from './fault-injector.ts';
import { watchBacklog } from './backlog.ts';
import { collectEvents } from './collect.ts';
import { type LossyDynamoDb, startLossyDynamoDb } from './lossy-dynamodb.ts';
import { createKiller, type Killer } from './killer.ts';
import { stateAtRest } from './at-rest.ts';
import { drillConfig } from './with-processes.ts';

/** Options of a fault injection run. */
export interface FaultsOptions {
  readonly seed: number;
  /** Duration of load and faults. */
  readonly durationMs: number;
  /** Probability of each injected fault per call, in thousandths. */
  readonly perMille: number;
  /** Name of a bug to plant in the system. */
  readonly planted?: string;
  /** Kills processes; default: true. */
  readonly isKilling?: boolean;
  /** Deadline until the system is at rest; messages of a killed consumer are hidden for half a minute. */
  readonly restDeadlineMs: number;
  /** Deadline of a client's retries; default: `restDeadlineMs`. */
  readonly retryTimeoutMs?: number;
  /** Endpoint of DynamoDB Local, to use it instead of SQLite. */
  readonly dynamoDb?: string;
  readonly progress?: (line: string) => void;
}

/** Result of a fault injection run. */
export interface FaultsReport extends Pick<Killer, 'kills' | 'recoveriesMs'> {
  readonly seed: number;
  readonly operations: number;
  /** Numbers of injected faults. */
  readonly injected: Readonly<Record<InjectedFault, number>>;
  /** Writes that had their effect in DynamoDB and whose responses were lost; absent with SQLite. */
  readonly lostResponses?: number;
  /** Holds that expired. */
  readonly expired: number;
  /** Increases that were rejected, where the line kept what it held. */
  readonly reduced: number;
  /** Units that were sold and not on hand. */
  readonly missing: number;
  /** Time from the end of load and faults until the system was at rest. */
  readonly restMs: number;
  /** Violations of the promises; empty where all were kept. */
  readonly violations: readonly string[];
}

/** Extension of a run while a crash point is untried. */
const UNTRIED_MS = 60_000;
/** More than a page, so that a snapshot is several messages. */
const FILLERS = 150;
/**
 * Longer than a checkout waits for Product and renews ahead: otherwise a late confirmation, on a busy machine, would expire
 * before the checkout is retried.
 */
const SHORT_HOLD_SECONDS = 8;
/** Time for a short hold to expire, including the sweep. */
const IDLE_MS = 10_500;
/** Factor of lost DynamoDB responses over other faults: there are fewer such writes. */
const LOSS_FACTOR = 4;

/**
 * Runs the system in processes, two instances of each service, under a mixed workload. Kills one after the other, at crash
 * points and at any time, with fault injection on every link. One instance of Product grants holds that expire during the run,
 * the other one holds that outlive it. Then the system comes to rest, and an independent checker compares its state with the
 * responses that clients received.
 */
export async function runFaults(options: FaultsOptions): Promise<FaultsReport> {
  const { seed, durationMs, perMille, planted, restDeadlineMs, dynamoDb } = options;
  const { isKilling = true, retryTimeoutMs = restDeadlineMs, progress = () => undefined } = options;
  const random = seeded(seed);
  const injectedCounts = Object.fromEntries(injectedFaults.map((fault) => [fault, 0])) as Record<
    InjectedFault,
    number
  >;
  await using stack = new AsyncDisposableStack();
  const tables =
    dynamoDb === undefined
      ? undefined
      : stack.use(
          await startLossyDynamoDb(dynamoDb, { random: seeded(seed + 1), perMille: LOSS_FACTOR * perMille }),
        );
  const compiled = stack.use(await temporaryFolder());
  const data = stack.use(await temporaryFolder());
  const system = await startProcesses(drillConfig(data.path), {
    entry: new URL('role/main.ts', import.meta.url).pathname,
    environment: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: compiled.path,
      FAULT_SEED: String(seed),
      FAULTS_PER_MILLE: String(perMille),
      SHORT_HOLD_SECONDS: String(SHORT_HOLD_SECONDS),
      ...(planted ? { PLANTED: planted } : {}),
      ...tables?.environment,
    },
    instances: mapServices(() => 2),
    onMessage: (_role, message) => {
      if (String(message) in injectedCounts) injectedCounts[message as InjectedFault] += 1;
    },
  });
  stack.defer(() => system.stop());
  const { urls, all } = system;
  const api = client(urls.gateway);
  const requestSnapshot = () => void api.call('POST', '/products/snapshots').catch(() => undefined);
  const killer = createKiller(system, random, requestSnapshot);

  if (isKilling) await importFillers(api);
  const recorder = await recordStockEvents(urls.aws);
  const stopCollecting = collectEvents(recorder, urls.aws);
  const backlog = watchBacklog(urls.aws, tables ? undefined : data.path);
  const whenUp = async () => {
    await killer.whenUp();
    await backlog.untilBelowLimit();
    return api;
  };
  const clients = tables
    ? { shoppers: 3, merchants: 2, buyers: 2 }
    : { shoppers: 8, merchants: 5, buyers: 5 };
  const workload = await startWorkload({ whenUp, random, ...clients, retryTimeoutMs, idleMs: IDLE_MS });
  const end = performance.now() + durationMs;
  const isMissingOne = () => isKilling && killer.untried().length > 0 && performance.now() < end + UNTRIED_MS;
  while (performance.now() < end || isMissingOne()) {
    await delay(random(50, 500));
    if (random(1, 5) === 1) requestSnapshot();
    if (isKilling) await killer.killOne();
    progress(
      `${killer.recoveriesMs.length} kills, ${workload.log.length} operations, ${Math.ceil((end - performance.now()) / 1000)} s left ${backlog.longest()}`,
    );
  }
  stopInjecting(all, tables);
  const stoppedAt = performance.now();
  backlog.stop();
  const clientErrors = await workload.stop().then(
    () => [],
    (error: unknown) => [`a client failed: ${String(error)}`],
  );
  await stopCollecting();
  const { observed, violations } = await stateAtRest(urls, workload, recorder, restDeadlineMs);
  const { expired, reductions, missing } = observed.published;
  return {
    seed,
    operations: workload.log.length,
    kills: killer.kills,
    recoveriesMs: killer.recoveriesMs,
    injected: injectedCounts,
    ...(tables && { lostResponses: tables.lostResponses() }),
    expired,
    reduced: reductions.length,
    missing: [...missing.values()].reduce((sum, units) => sum + units, 0),
    restMs: Math.round(performance.now() - stoppedAt),
    violations: [...workload.unexpected, ...clientErrors, ...violations],
  };
}

/** Stops all fault injection. */
function stopInjecting(
  all: ReadonlyMap<string, { send(message: string): void }>,
  tables?: LossyDynamoDb,
): void {
  for (const child of all.values()) child.send('stopFaults');
  tables?.stopInjecting();
}

/** Imports products that are never bought, so that a snapshot has several pages. */
async function importFillers(api: ReturnType<typeof client>): Promise<void> {
  for (let i = 0; i < FILLERS; i++) {
    const body = { name: 'Filler', price: 100, currency: 'EUR', inventory: 1 };
    await until(
      async () =>
        (await api.call('PUT', `/products/filler-${i}`, { body }).catch(() => undefined))?.status ?? 503,
      (status) => status < 300,
    );
  }
}
