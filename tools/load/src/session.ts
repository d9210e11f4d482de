import { mintToken } from '@tandem/emulators/issuer';
import { type CpuLimit, limitCpu } from './observe/cpu-limit.ts';
import { expectedCount } from './arrivals.ts';
import type { Prepared } from './plan.ts';
import { cartsFor, cleanUp, prepare, type Tokens } from './prepare.ts';
import type { ServiceName } from './rates.ts';
import { type SystemProbes, type Report, runLoad, type LoadRun } from './run.ts';
import { type Mode, type OwnSystem, startOwnSystem, type StoreName } from './system/own-system.ts';

/** vCPU of the smallest Fargate task. */
export const QUARTER_CORE = 0.25;
const USERS = 50;

/** A system under test, for several runs one after the other. */
export interface Session extends AsyncDisposable {
  readonly url: string;
  readonly system: OwnSystem | undefined;
  /** Prepares the data of a run, and runs it. */
  run(loadRun: LoadRun): Promise<Report>;
  /**
   * Limits the process of each of these services to 0.25 core during runs, but not during their preparation. Returns the
   * mechanism; undefined if the kernel does not allow it.
   */
  limit(services: readonly ServiceName[]): CpuLimit['by'] | undefined;
}

/** Starts a system for the load test, which is stopped with the session. */
export async function openOwnSession(options: {
  readonly mode: Mode;
  readonly store: StoreName;
  readonly path: string | undefined;
  readonly entry?: string;
}): Promise<Session> {
  const relayLags: SystemProbes['relayLags'][number][] = [];
  const ended: string[] = [];
  const system = await startOwnSystem({
    ...options,
    onRelayLag: (lag) => void relayLags.push({ ...lag, at: performance.now() }),
    onEnd: (name) => void ended.push(name),
  });
  const { urls, pids } = system;
  const tokens = await localTokens();
  let limited: readonly ServiceName[] = [];
  let limits: readonly CpuLimit[] = [];
  const release = () => {
    for (const limit of limits) limit.release();
    limits = [];
  };
  const apply = () => {
    release();
    limits = limited.flatMap((service) => limitCpu(pids[service] ?? 0, QUARTER_CORE) ?? []);
  };
  const throttled = () =>
    Object.fromEntries(
      limits.length === limited.length ? limited.map((name, i) => [name, limits[i]?.throttled()]) : [],
    ) as Report['throttled'];
  const probes: SystemProbes = { aws: urls.aws, pids, relayLags, ended, throttled };
  return {
    url: urls.gateway,
    system,
    run: async (loadRun) =>
      prepareAndRun(urls.gateway, tokens, loadRun, { probes, before: apply, after: release }),
    limit(services) {
      limited = services;
      apply();
      const by = limits.length === services.length ? limits[0]?.by : undefined;
      release();
      return by;
    },
    async [Symbol.asyncDispose]() {
      release();
      await system.stop();
    },
  };
}

/** Connects to a running system. Default token: one of this checkout's issuer, which local systems trust. */
export async function openTarget(url: string, token: string | undefined): Promise<Session> {
  const tokens = token === undefined ? await localTokens() : { catalog: token, users: [token] };
  return {
    url,
    system: undefined,
    run: async (loadRun) =>
      prepareAndRun(url, tokens, loadRun, { after: (prepared) => cleanUp(url, prepared) }),
    limit: () => undefined,
    async [Symbol.asyncDispose]() {},
  };
}

async function prepareAndRun(
  url: string,
  tokens: Tokens,
  loadRun: LoadRun,
  {
    probes,
    before = () => undefined,
    after,
  }: {
    readonly probes?: SystemProbes;
    readonly before?: () => void;
    readonly after: (prepared: Prepared) => Promise<void> | void;
  },
): Promise<Report> {
  // As many carts as a run with the same number of requests at the full rate needs.
  const prepared = await prepare(url, tokens, cartsFor(loadRun.rates, expectedCount(loadRun.phases, 1)));
  try {
    before();
    return await runLoad({ ...loadRun, url, prepared, probes });
  } finally {
    await after(prepared);
  }
}

/** Tokens of this checkout's issuer, valid for longer than the longest run, a day. */
async function localTokens(): Promise<Tokens> {
  const lifetimeSeconds = 25 * 60 * 60;
  const mint = (subject: string, scopes: readonly string[]) =>
    mintToken({ subject, scopes, lifetimeSeconds });
  return {
    catalog: await mint('load', ['products:write']),
    users: await Promise.all(Array.from({ length: USERS }, (_, i) => mint(`load-user-${i}`, []))),
  };
}
