import { setTimeout as delay } from 'node:timers/promises';
import { type Role, roles } from '@tandem/local/processes/roles';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { seeded, startLoad } from '../process/load.ts';
import { client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { type Trouble, troubles } from './adversary.ts';
import { type CrashPoint, crashPoints } from './crash-points.ts';
import { watchBacklog } from './backlog.ts';
import { faultsAtRest } from './observe.ts';
import type { Planted } from './planted.ts';
import { configOfDrill } from './with-processes.ts';

export interface FaultsOptions {
  readonly seed: number;
  /** How long the load and the faults last. */
  readonly durationMs: number;
  /** Of a thousand calls, so many meet each trouble. */
  readonly perMille: number;
  readonly planted?: Planted;
  /** Whether processes are killed; they are unless told otherwise. */
  readonly isKilling?: boolean;
  /** How long everything may take to come to rest; a consumer that was killed has hidden messages for half a minute. */
  readonly restDeadlineMs: number;
  /** How long a client waits for what must happen in the end before it gives up; as long unless given. */
  readonly patienceMs?: number;
  readonly progress?: (line: string) => void;
}

export interface FaultsReport {
  readonly seed: number;
  readonly operations: number;
  readonly kills: Readonly<Record<CrashPoint | 'at any time', number>>;
  readonly troubles: Readonly<Record<Trouble, number>>;
  /** From the kill until the process was ready again. */
  readonly recoveriesMs: readonly number[];
  /** From the end of load and faults until nothing was left to do. */
  readonly restMs: number;
  /** What contradicts what clients were told; nothing where every promise was kept. */
  readonly faults: readonly string[];
}

/** How long a process may take to pass the point at which it is to die. */
const ARMED_MS = 3_000;
/** How much longer it goes on where nobody has died at one of the points yet. */
const UNTRIED_MS = 60_000;
/** A message whose consumer was killed is hidden for half a minute. */
const SNAPSHOT_REST_MS = 45_000;
/** More than a page, so that a snapshot is several messages. */
const FILLERS = 150;

/**
 * Runs the system in processes under a mixed load, kills one after the other, at named points and at any time, with an
 * adversary between each and what it calls; then lets it come to rest and has an independent checker compare what it
 * shows with what its clients were told.
 */
export async function runFaults(options: FaultsOptions): Promise<FaultsReport> {
  const { seed, durationMs, perMille, planted, restDeadlineMs } = options;
  const { isKilling = true, patienceMs = restDeadlineMs, progress = () => undefined } = options;
  const random = seeded(seed);
  const met = Object.fromEntries(troubles.map((trouble) => [trouble, 0])) as Record<Trouble, number>;
  const system = await startProcesses(configOfDrill(), {
    entry: new URL('role/main.ts', import.meta.url).pathname,
    environment: {
      PATH: process.env['PATH'],
      FAULT_SEED: String(seed),
      FAULTS_PER_MILLE: String(perMille),
      ...(planted ? { PLANTED: planted } : {}),
    },
    onMessage: (_role, message) => {
      if (String(message) in met) met[message as Trouble] += 1;
    },
  });
  const { urls, children } = system;
  const api = client(urls.gateway);

  let up = Promise.resolve();
  const kills = Object.fromEntries(
    ['at any time', ...Object.keys(crashPoints)].map((name) => [name, 0]),
  ) as Record<CrashPoint | 'at any time', number>;
  const recoveriesMs: number[] = [];
  /** Waits for a process that has ended to be ready again; clients wait with it where they cannot do without. */
  const recovered = async (role: Role) => {
    const killedAt = performance.now();
    const ready = children[role].ready();
    if (role === 'gateway' || role === 'product' || role === 'cart') up = ready;
    await ready;
    recoveriesMs.push(Math.round(performance.now() - killedAt));
  };
  const requestSnapshot = () => void api.call('POST', '/products/snapshots').catch(() => undefined);
  const killAtAnyTime = async () => {
    const role = roles[random(0, roles.length - 1)] ?? 'cart';
    await children[role].kill('SIGKILL');
    kills['at any time'] += 1;
    await recovered(role);
  };
  const killAt = async (point: CrashPoint) => {
    const candidates = crashPoints[point];
    const role: Role = candidates[random(0, candidates.length - 1)] ?? 'cart';
    const pid = children[role].pid();
    children[role].send(point);
    if (point === 'mid-snapshot') requestSnapshot();
    const end = performance.now() + ARMED_MS;
    while (isRunning(pid) && performance.now() < end) await delay(10);
    // Not passed: as any other kill, or it would be armed for ever.
    if (isRunning(pid)) await children[role].kill('SIGKILL');
    else kills[point] += 1;
    await until(
      () => children[role].pid(),
      (now) => now !== pid,
      { deadlineMs: 10_000 },
    );
    await recovered(role);
  };

  try {
    await importFillers(api);
    const backlog = watchBacklog(urls.aws);
    const whenUp = async () => {
      await up;
      await backlog.isShort();
      return api;
    };
    const load = await startLoad({
      whenUp,
      random,
      shoppers: 8,
      merchants: 5,
      buyers: 5,
      patienceMs,
    });
    const points = Object.keys(crashPoints) as CrashPoint[];
    const end = performance.now() + durationMs;
    let next = 0;
    let aimedAt = performance.now();
    /** One after the other; a page of a snapshot is aimed at more seldom than it comes again, or it is spent by design. */
    const nextPoint = (): CrashPoint => {
      const point = points[next++ % points.length] ?? 'mid-transaction';
      if (point !== 'mid-snapshot') return point;
      if (performance.now() - aimedAt < SNAPSHOT_REST_MS) return nextPoint();
      aimedAt = performance.now();
      return point;
    };
    const untried = () => points.filter((point) => kills[point] === 0);
    const isMissingOne = () => isKilling && untried().length > 0 && performance.now() < end + UNTRIED_MS;
    while (performance.now() < end || isMissingOne()) {
      await delay(random(50, 500));
      if (random(1, 5) === 1) requestSnapshot();
      if (!isKilling) continue;
      if (random(1, 3) === 1) await killAtAnyTime();
      else await killAt(untried()[0] ?? nextPoint());
      progress(
        `${recoveriesMs.length} kills, ${load.log.length} operations, ${Math.ceil((end - performance.now()) / 1000)} s left`,
      );
    }
    for (const role of roles) children[role].send('calm');
    const stoppedAt = performance.now();
    backlog.stop();
    const gaveUp = await load.stop().then(
      () => [],
      (error: unknown) => [`a client gave up: ${String(error)}`],
    );
    const faults = await faultsAtRest(urls, load, restDeadlineMs);
    return {
      seed,
      operations: load.log.length,
      kills,
      troubles: met,
      recoveriesMs,
      restMs: Math.round(performance.now() - stoppedAt),
      faults: [...load.scandals, ...gaveUp, ...faults],
    };
  } finally {
    await system.stop();
  }
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

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
