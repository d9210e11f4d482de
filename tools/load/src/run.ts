import { setTimeout as delay } from 'node:timers/promises';
import { type ArrivalKind, expectedCount } from './arrivals.ts';
import type { Engine, Sample } from './engine/engine.ts';
import { type Machine, machineFacts } from './machine.ts';
import { type Depth, oldestAtMostMs, watchQueues } from './observe/queues.ts';
import { type Look, usageOf, watchProcesses } from './observe/processes.ts';
import { type Propagation, startProbe } from './observe/propagation.ts';
import { type Durations, durationsOf } from './percentile.ts';
import type { Prepared } from './plan.ts';
import { measuredSpan, type Phase, type Targets } from './profiles.ts';
import { type Rates, totalOf } from './rates.ts';
import type { RelayLag } from './system/watched.ts';
import { type Second, secondsOf, type Tally, tallyOf } from './tally.ts';
import { judge, type Verdict } from './verdict.ts';

/** What is sent, and how it is judged. */
export interface Shot {
  readonly rates: Rates;
  readonly phases: readonly Phase[];
  readonly targets: Targets;
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly engine: Engine;
}

export interface RunOptions extends Shot {
  readonly url: string;
  readonly prepared: Prepared;
  /** What can be seen of a system on this machine. */
  readonly inside?: Inside | undefined;
}

/** The inside of a system that runs on this machine. */
export interface Inside {
  readonly aws: string;
  readonly pids: Readonly<Record<string, number>>;
  /** Filled while it runs. */
  readonly relayLags: readonly (RelayLag & { readonly at: number })[];
  readonly ended: readonly string[];
  /** What each process that has a share of a core has waited for more of it, by its service. */
  readonly throttled: () => Report['throttled'];
}

/** All that a run has shown: latencies in milliseconds, rates a second. */
export interface Report extends Tally {
  readonly machine: Machine;
  readonly url: string;
  readonly arrivals: ArrivalKind;
  readonly phases: readonly Phase[];
  readonly offeredPerSecond: number;
  readonly answeredPerSecond: number;
  readonly senderLateP99Ms: number;
  readonly propagation: Durations & { readonly lost: number };
  readonly queues: Readonly<Record<string, { readonly maxDepth: number; readonly oldestAtMostMs: number }>>;
  readonly relayLag: Readonly<Record<string, Durations>>;
  /** CPU in percent of a core and of a quarter of one, memory at its highest. */
  readonly processes: Readonly<
    Record<string, { corePercent: number; quarterPercent: number; residentMb: number }>
  >;
  /**
   * How a share of a core was felt: of so many periods of 100 ms in which a process ran, in how many it had to wait for the
   * next one, and for how long altogether.
   */
  readonly throttled: Readonly<
    Record<string, { readonly periods: number; readonly throttled: number; readonly ms: number }>
  >;
  readonly verdict: Verdict;
  /** What plots are made of: the whole run. */
  readonly timeline: {
    readonly seconds: readonly Second[];
    readonly looks: Readonly<Record<string, readonly Look[]>>;
    readonly depths: Readonly<Record<string, readonly Depth[]>>;
    readonly propagation: readonly Propagation[];
  };
}

/** Sends a run at a prepared system, looks at it meanwhile, and judges. */
export async function runLoad(options: RunOptions): Promise<Report> {
  const { url, prepared, rates, phases, targets, arrivals, seed, engine, inside } = options;
  let startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const samples: Sample[] = [];
  const processes = watchProcesses(inside?.pids ?? {}, elapsedMs);
  const queues = inside && watchQueues(inside.aws, elapsedMs);
  const probe = await startProbe(url, prepared, elapsedMs);
  const sent = await engine(
    { url, prepared, rates, phases, arrivals, seed },
    {
      start: () => (startedAt = performance.now()),
      sample: (sample) => void samples.push(sample),
    },
  );
  await probe.stop();
  processes.stop();
  const throttled = inside?.throttled() ?? {};
  // What the last requests caused is still on its way.
  if (queues) await untilEmpty(queues.depths);
  const deadLetters = await queues?.stop();

  const { from, to } = measuredSpan(phases);
  const [fromMs, toMs] = [from * 1000, to * 1000];
  const tally = tallyOf(samples, fromMs, toMs);
  const probes = probe.seen.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const delays = probes.flatMap(({ delayMs }) => delayMs ?? []);
  const propagation = { ...durationsOf(delays), lost: probes.length - delays.length };
  const used = Object.entries(processes.looks).flatMap(([name, looks]) => {
    const usage = usageOf(looks, fromMs, toMs);
    return usage ? [[name, { ...usage, quarterPercent: usage.corePercent * 4 }] as const] : [];
  });
  const usage = Object.fromEntries(used);
  const lags = (service: string) =>
    durationsOf(
      (inside?.relayLags ?? [])
        .filter(
          ({ relayLag, at }) => relayLag === service && at >= startedAt + fromMs && at < startedAt + toMs,
        )
        .map(({ ms }) => ms),
    );
  return {
    machine: machineFacts(),
    url,
    arrivals,
    phases,
    offeredPerSecond:
      expectedCount(
        phases.filter(({ isMeasured }) => isMeasured),
        totalOf(rates),
      ) /
      (to - from),
    answeredPerSecond: tally.requests / (to - from),
    senderLateP99Ms: sent.lateP99Ms,
    ...tally,
    propagation,
    queues: Object.fromEntries(
      Object.entries(queues?.depths ?? {}).map(([name, depths]) => [
        name,
        {
          maxDepth: Math.max(0, ...depths.map(({ messages }) => messages)),
          oldestAtMostMs: oldestAtMostMs(depths),
        },
      ]),
    ),
    relayLag: inside ? { product: lags('product'), cart: lags('cart') } : {},
    processes: usage,
    throttled,
    verdict: judge(targets, {
      tally,
      sent,
      propagation,
      processes: usage,
      ended: inside?.ended ?? [],
      ...(deadLetters !== undefined && { deadLetters }),
    }),
    timeline: {
      seconds: secondsOf(samples),
      looks: processes.looks,
      depths: queues?.depths ?? {},
      propagation: probe.seen,
    },
  };
}

const REST_MS = 10_000;

/** Resolves when all queues have been seen empty since it was called, or after 10 s. */
async function untilEmpty(depths: Readonly<Record<string, readonly Depth[]>>): Promise<void> {
  const from = Object.fromEntries(Object.entries(depths).map(([name, seen]) => [name, seen.length]));
  const isEmpty = ([name, seen]: readonly [string, readonly Depth[]]) =>
    seen.slice(from[name]).some(({ messages }) => messages === 0);
  const end = performance.now() + REST_MS;
  while (!Object.entries(depths).every(isEmpty) && performance.now() < end) await delay(50);
}
