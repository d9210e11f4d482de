import { setTimeout as delay } from 'node:timers/promises';
import { type ArrivalKind, expectedCount } from './arrivals.ts';
import type { Engine, Sample } from './engine/engine.ts';
import { type Machine, machineFacts } from './machine.ts';
import { type Depth, oldestAtMostMs, watchQueues } from './observe/queues.ts';
import { type ProcessSample, usageOf, sampleProcesses } from './observe/processes.ts';
import { type Propagation, startPropagationProbe } from './observe/propagation.ts';
import { type Durations, durationsOf } from './percentile.ts';
import type { Prepared } from './plan.ts';
import { measuredSpan, type Phase, type Targets } from './profiles.ts';
import { type Rates, totalOf } from './rates.ts';
import type { RelayLag } from './system/relay-lag.ts';
import { type Second, secondsOf, type Tally, tallyOf } from './tally.ts';
import { judge, type Verdict } from './verdict.ts';

/** Requests of a load test, and the targets that it is checked against. */
export interface LoadRun {
  readonly rates: Rates;
  readonly phases: readonly Phase[];
  readonly targets: Targets;
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly engine: Engine;
}

export interface RunOptions extends LoadRun {
  readonly url: string;
  readonly prepared: Prepared;
  /** Probes of the system, if it runs on this machine. */
  readonly probes?: SystemProbes | undefined;
}

/** Observations inside a system that runs on this machine. */
export interface SystemProbes {
  readonly aws: string;
  readonly pids: Readonly<Record<string, number>>;
  /** Appended while the system runs. */
  readonly relayLags: readonly (RelayLag & { readonly at: number })[];
  readonly ended: readonly string[];
  /** CPU throttling of each process with a CPU limit, by service. */
  readonly throttled: () => Report['throttled'];
}

/** Results of a run: latencies in milliseconds, rates per second. */
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
  /** CPU in percent of one core and of 0.25 core, and peak memory. */
  readonly processes: Readonly<
    Record<string, { corePercent: number; quarterPercent: number; residentMb: number }>
  >;
  /** CPU throttling by process: periods of 100 ms in which it ran, those in which it was throttled, and the total wait. */
  readonly throttled: Readonly<
    Record<string, { readonly periods: number; readonly throttled: number; readonly ms: number }>
  >;
  readonly verdict: Verdict;
  /** Time series of the whole run, for charts. */
  readonly timeline: {
    readonly seconds: readonly Second[];
    readonly looks: Readonly<Record<string, readonly ProcessSample[]>>;
    readonly depths: Readonly<Record<string, readonly Depth[]>>;
    readonly propagation: readonly Propagation[];
  };
}

/** Runs a load test against a prepared system, observes it meanwhile, and checks the targets. */
export async function runLoad(options: RunOptions): Promise<Report> {
  const { url, prepared, rates, phases, targets, arrivals, seed, engine, probes } = options;
  let startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const samples: Sample[] = [];
  const processes = sampleProcesses(probes?.pids ?? {}, elapsedMs);
  const queues = probes && watchQueues(probes.aws, elapsedMs);
  const propagationProbe = await startPropagationProbe(url, prepared, elapsedMs);
  const sent = await engine(
    { url, prepared, rates, phases, arrivals, seed },
    {
      start: () => (startedAt = performance.now()),
      sample: (sample) => void samples.push(sample),
    },
  );
  await propagationProbe.stop();
  processes.stop();
  const throttled = probes?.throttled() ?? {};
  // Events of the last requests are still in flight.
  if (queues) await untilDrained(queues.depths);
  const deadLetters = await queues?.stop();

  const { from, to } = measuredSpan(phases);
  const [fromMs, toMs] = [from * 1000, to * 1000];
  const tally = tallyOf(samples, fromMs, toMs);
  const writes = propagationProbe.writes.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const delays = writes.flatMap(({ delayMs }) => delayMs ?? []);
  const propagation = { ...durationsOf(delays), lost: writes.length - delays.length };
  const used = Object.entries(processes.samples).flatMap(([name, processSamples]) => {
    const usage = usageOf(processSamples, fromMs, toMs);
    return usage ? [[name, { ...usage, quarterPercent: usage.corePercent * 4 }] as const] : [];
  });
  const usage = Object.fromEntries(used);
  const lags = (service: string) =>
    durationsOf(
      (probes?.relayLags ?? [])
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
    relayLag: probes ? { product: lags('product'), cart: lags('cart') } : {},
    processes: usage,
    throttled,
    verdict: judge(targets, {
      tally,
      sent,
      propagation,
      processes: usage,
      ended: probes?.ended ?? [],
      ...(deadLetters !== undefined && { deadLetters }),
    }),
    timeline: {
      seconds: secondsOf(samples),
      looks: processes.samples,
      depths: queues?.depths ?? {},
      propagation: propagationProbe.writes,
    },
  };
}

const DRAIN_DEADLINE_MS = 10_000;

/** Resolves once each queue was observed empty since the call, or after 10 s. */
async function untilDrained(depths: Readonly<Record<string, readonly Depth[]>>): Promise<void> {
  const from = Object.fromEntries(
    Object.entries(depths).map(([name, depthsOfQueue]) => [name, depthsOfQueue.length]),
  );
  const isEmpty = ([name, depthsOfQueue]: readonly [string, readonly Depth[]]) =>
    depthsOfQueue.slice(from[name]).some(({ messages }) => messages === 0);
  const end = performance.now() + DRAIN_DEADLINE_MS;
  while (!Object.entries(depths).every(isEmpty) && performance.now() < end) await delay(50);
}
