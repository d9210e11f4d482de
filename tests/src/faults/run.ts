import { setTimeout as delay } from 'node:timers/promises';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { startLoad } from '../process/load.ts';
import { seeded } from '../process/random.ts';
import { recordStockEvents } from '../process/stock-events.ts';
import { client } from '../support/http.ts';
import { temporaryFolder } from '../support/process.ts';
import { until } from '../support/until.ts';
import { type Trouble, troubles } from './adversary.ts';
import { watchBacklog } from './backlog.ts';
import { collectEvents } from './collect.ts';
import { type LossyDynamoDb, startLossyDynamoDb } from './dynamodb.ts';
import { createKiller, type Killer } from './kills.ts';
import { faultsAtRest } from './observe.ts';
import { configOfDrill } from './with-processes.ts';

export interface FaultsOptions {
  readonly seed: number;
  /** How long the load and the faults last. */
  readonly durationMs: number;
  /** Of a thousand calls, so many meet each trouble. */
  readonly perMille: number;
  /** The name of a bug that is planted in the system. */
  readonly planted?: string;
  /** Whether processes are killed; default: true. */
  readonly isKilling?: boolean;
  /** How long everything may take to come to rest; a consumer that was killed has hidden messages for half a minute. */
  readonly restDeadlineMs: number;
  /** How long a client waits for what must happen in the end before it gives up; default: as long. */
  readonly patienceMs?: number;
  /** Where DynamoDB Local listens, for tables there instead of in SQLite. */
  readonly dynamoDb?: string;
  readonly progress?: (line: string) => void;
}

export interface FaultsReport extends Pick<Killer, 'kills' | 'recoveriesMs'> {
  readonly seed: number;
  readonly operations: number;
  readonly troubles: Readonly<Record<Trouble, number>>;
  /** Writes that DynamoDB carried out and whose responses were lost; absent where the tables are in SQLite. */
  readonly lostResponses?: number;
  /** Holds that expired. */
  readonly expired: number;
  /** Increases that were rejected, where the line kept what it held. */
  readonly reduced: number;
  /** Units that were sold and not on hand. */
  readonly missing: number;
  /** From the end of load and faults until nothing was left to do. */
  readonly restMs: number;
  /** What contradicts what clients were told; nothing where every promise was kept. */
  readonly faults: readonly string[];
}

/** How much longer it goes on where nobody has died at one of the points yet. */
const UNTRIED_MS = 60_000;
/** More than a page, so that a snapshot is several messages. */
const FILLERS = 150;
/**
 * Longer than a checkout waits for Product and renews ahead: else a confirmation that comes late, on a busy machine, is about to
 * expire again when the checkout is repeated.
 */
const SHORT_HOLD_SECONDS = 8;
/** For a hold of that to expire, the sweep included. */
const IDLE_MS = 10_500;
/** Responses of DynamoDB are lost so many times as often as other calls meet trouble: of those writes there are fewer. */
const LOSS_FACTOR = 4;

/**
 * Runs the system in processes, two instances of each service, under a mixed load; kills one after the other, at named
 * points and at any time, with an adversary between each and what it calls. One instance of Product grants holds that
 * expire during the run, the other one holds that outlive it. Then the system comes to rest, and an independent checker
 * compares what it shows with what its clients were told.
 */
export async function runFaults(options: FaultsOptions): Promise<FaultsReport> {
  const { seed, durationMs, perMille, planted, restDeadlineMs, dynamoDb } = options;
  const { isKilling = true, patienceMs = restDeadlineMs, progress = () => undefined } = options;
  const random = seeded(seed);
  const met = Object.fromEntries(troubles.map((trouble) => [trouble, 0])) as Record<Trouble, number>;
  await using stack = new AsyncDisposableStack();
  const tables =
    dynamoDb === undefined
      ? undefined
      : stack.use(
          await startLossyDynamoDb(dynamoDb, { random: seeded(seed + 1), perMille: LOSS_FACTOR * perMille }),
        );
  const compiled = stack.use(await temporaryFolder());
  const system = await startProcesses(configOfDrill(), {
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
    instances: { product: 2, cart: 2 },
    onMessage: (_role, message) => {
      if (String(message) in met) met[message as Trouble] += 1;
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
  const backlog = watchBacklog(urls.aws);
  const whenUp = async () => {
    await killer.whenUp();
    await backlog.isShort();
    return api;
  };
  const crowd = tables ? { shoppers: 3, merchants: 2, buyers: 2 } : { shoppers: 8, merchants: 5, buyers: 5 };
  const load = await startLoad({ whenUp, random, ...crowd, patienceMs, idleMs: IDLE_MS });
  const end = performance.now() + durationMs;
  const isMissingOne = () => isKilling && killer.untried().length > 0 && performance.now() < end + UNTRIED_MS;
  while (performance.now() < end || isMissingOne()) {
    await delay(random(50, 500));
    if (random(1, 5) === 1) requestSnapshot();
    if (isKilling) await killer.killOne();
    progress(
      `${killer.recoveriesMs.length} kills, ${load.log.length} operations, ${Math.ceil((end - performance.now()) / 1000)} s left`,
    );
  }
  calm(all, tables);
  const stoppedAt = performance.now();
  backlog.stop();
  const gaveUp = await load.stop().then(
    () => [],
    (error: unknown) => [`a client gave up: ${String(error)}`],
  );
  await stopCollecting();
  const { observed, faults } = await faultsAtRest(urls, load, recorder, restDeadlineMs);
  const { expired, reductions, missing } = observed.published;
  return {
    seed,
    operations: load.log.length,
    kills: killer.kills,
    recoveriesMs: killer.recoveriesMs,
    troubles: met,
    ...(tables && { lostResponses: tables.lost() }),
    expired,
    reduced: reductions.length,
    missing: [...missing.values()].reduce((sum, units) => sum + units, 0),
    restMs: Math.round(performance.now() - stoppedAt),
    faults: [...load.unexpected, ...gaveUp, ...faults],
  };
}

/** From now on nothing goes wrong any more. */
function calm(all: ReadonlyMap<string, { send(message: string): void }>, tables?: LossyDynamoDb): void {
  for (const child of all.values()) child.send('calm');
  tables?.calm();
}

/** Products that nobody buys: they make a snapshot long. */
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
