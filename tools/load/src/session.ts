import { mintToken } from '@tandem/emulators/issuer';
import { type CpuLimit, limitCpu } from './observe/quarter.ts';
import { expectedCount } from './arrivals.ts';
import type { Prepared } from './plan.ts';
import { cartsFor, cleanUp, prepare, type Tokens } from './prepare.ts';
import type { ServiceName } from './rates.ts';
import { type Inside, type Report, runLoad, type Shot } from './run.ts';
import { type Mode, type OwnSystem, startOwnSystem, type StoreName } from './system/own.ts';

/** What a Fargate task of the smallest size has. */
export const QUARTER = 0.25;
const USERS = 50;

/** A system that runs are sent at, one after the other. */
export interface Session extends AsyncDisposable {
  readonly url: string;
  readonly system: OwnSystem | undefined;
  /** Prepares what the run takes, and runs it. */
  run(shot: Shot): Promise<Report>;
  /**
   * Has the processes of these services run with a quarter of a core each from now on, in runs but not while they are
   * prepared. Returns how that is done; undefined where the kernel does not let it be set.
   */
  limit(services: readonly ServiceName[]): CpuLimit['by'] | undefined;
}

/** Starts a system of the load's own, which ends with the session. */
export async function openOwnSession(options: {
  readonly mode: Mode;
  readonly store: StoreName;
  readonly path: string | undefined;
  readonly entry?: string;
}): Promise<Session> {
  const relayLags: Inside['relayLags'][number][] = [];
  const ended: string[] = [];
  const system = await startOwnSystem({
    ...options,
    onRelayLag: (lag) => void relayLags.push({ ...lag, at: performance.now() }),
    onEnd: (name) => void ended.push(name),
  });
  const { urls, pids } = system;
  const tokens = await ownTokens();
  let limited: readonly ServiceName[] = [];
  let limits: readonly CpuLimit[] = [];
  const release = () => {
    for (const limit of limits) limit.release();
    limits = [];
  };
  const apply = () => {
    release();
    limits = limited.flatMap((service) => limitCpu(pids[service] ?? 0, QUARTER) ?? []);
  };
  const throttled = () =>
    Object.fromEntries(
      limits.length === limited.length ? limited.map((name, i) => [name, limits[i]?.throttled()]) : [],
    ) as Report['throttled'];
  const inside: Inside = { aws: urls.aws, pids, relayLags, ended, throttled };
  return {
    url: urls.gateway,
    system,
    run: async (shot) => shoot(urls.gateway, tokens, shot, { inside, before: apply, after: release }),
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

/** A system that runs already. Without a token, one of this checkout's issuer, whose systems trust it. */
export async function openTarget(url: string, token: string | undefined): Promise<Session> {
  const tokens = token === undefined ? await ownTokens() : { catalog: token, users: [token] };
  return {
    url,
    system: undefined,
    run: async (shot) => shoot(url, tokens, shot, { after: (prepared) => cleanUp(url, prepared) }),
    limit: () => undefined,
    async [Symbol.asyncDispose]() {},
  };
}

async function shoot(
  url: string,
  tokens: Tokens,
  shot: Shot,
  {
    inside,
    before = () => undefined,
    after,
  }: {
    readonly inside?: Inside;
    readonly before?: () => void;
    readonly after: (prepared: Prepared) => Promise<void> | void;
  },
): Promise<Report> {
  // As many carts as a run at the full rate takes that has as many requests.
  const prepared = await prepare(url, tokens, cartsFor(shot.rates, expectedCount(shot.phases, 1)));
  try {
    before();
    return await runLoad({ ...shot, url, prepared, inside });
  } finally {
    await after(prepared);
  }
}

/** Valid for a day: the longest run that can be asked for. */
async function ownTokens(): Promise<Tokens> {
  const lifetimeSeconds = 25 * 60 * 60;
  const mint = (subject: string, scopes: readonly string[]) =>
    mintToken({ subject, scopes, lifetimeSeconds });
  return {
    catalog: await mint('load', ['products:write']),
    users: await Promise.all(Array.from({ length: USERS }, (_, i) => mint(`load-user-${i}`, []))),
  };
}
