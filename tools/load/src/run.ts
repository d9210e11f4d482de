import type { ServiceName } from '@tandem/contracts/topology';
import { expectedCount } from './arrivals.ts';
import { type Machine, machineFacts } from './machine.ts';
import { limitCpu } from './observe/cpu-limit.ts';
import { sampleProcesses, usageOf } from './observe/processes.ts';
import { preparePropagationProbe } from './observe/propagation.ts';
import { oldestAtMostMs, watchQueues } from './observe/queues.ts';
import type { Prepared } from './plan.ts';
import { cartsFor, cleanUp, localTokens, prepare, type Tokens } from './prepare.ts';
import { type Phase, phaseAt, type Targets } from './profiles.ts';
import { type Rates, totalOf } from './rates.ts';
import { sendFromThread } from './send.ts';
import type { OwnSystem } from './system/own-system.ts';
import { type Durations, durationsOf, type Tally } from './tally.ts';
import { judge, type Verdict } from './verdict.ts';

/** vCPU of the smallest Fargate task. */
export const QUARTER_CORE = 0.25;

/** Requests of a load test, and the targets that it is checked against. */
export interface LoadRun {
  readonly rates: Rates;
  readonly phases: readonly Phase[];
  readonly targets: Targets;
  readonly seed: number;
  /** Services whose processes get 0.25 core each during the run, but not during its preparation; default: none. */
  readonly limited?: readonly ServiceName[];
}

/** System under test. */
export interface Subject {
  readonly url: string;
  readonly tokens: Tokens;
  /** Undefined for a running system, which cannot be observed from inside. */
  readonly system?: OwnSystem;
}

/** Results of a run: latencies in milliseconds, rates per second. */
export interface Report extends Tally {
  readonly machine: Machine;
  readonly url: string;
  readonly offeredPerSecond: number;
  readonly completedPerSecond: number;
  readonly propagation: Durations & { readonly lost: number };
  readonly queues: Readonly<Record<string, { readonly maxDepth: number; readonly oldestAtMostMs: number }>>;
  readonly processes: Readonly<Record<string, NonNullable<ReturnType<typeof usageOf>>>>;
  /** Mechanism that limits CPU; undefined where nothing is limited, or the kernel does not allow it. */
  readonly limitedBy: string | undefined;
  readonly verdict: Verdict;
}

/** The system that a session started, as a subject. */
export async function subjectOf(system: OwnSystem): Promise<Subject> {
  return { url: system.urls.gateway, tokens: await localTokens(), system };
}

/** Prepares the data of a run, and runs it. A running system's products are deleted afterwards. */
export async function runLoad(subject: Subject, run: LoadRun): Promise<Report> {
  const { url, tokens, system } = subject;
  // As many carts as a run with the same number of requests at the full rate needs.
  const prepared = await prepare(url, tokens, cartsFor(run.rates, expectedCount(run.phases, 1)));
  try {
    return await runPrepared(subject, run, prepared);
  } finally {
    if (!system) await cleanUp(url, prepared);
  }
}

/** Runs a load test against a prepared system, observes it meanwhile, and checks the targets. */
export async function runPrepared(
  { url, system }: Pick<Subject, 'url' | 'system'>,
  { targets, limited = [], ...run }: LoadRun,
  prepared: Prepared,
): Promise<Report> {
  const { phases, rates } = run;
  await using cleanup = new AsyncDisposableStack();
  const limits = limited.flatMap((service) => limitCpu(system?.pids[service] ?? 0, QUARTER_CORE) ?? []);
  for (const limit of limits) cleanup.use(limit);
  const probe = await preparePropagationProbe(url, prepared);

  const started = Promise.withResolvers<ReturnType<typeof observe>>();
  const observe = () => {
    const startedAt = performance.now();
    const elapsedMs = () => performance.now() - startedAt;
    return {
      propagation: probe.start(elapsedMs),
      processes: sampleProcesses(system?.pids ?? {}, elapsedMs),
      queues: system && watchQueues(system.urls.aws, elapsedMs),
    };
  };
  const tally = await sendFromThread({ url, prepared, ...run }, () => started.resolve(observe()));
  const { propagation, processes, queues } = await started.promise;
  await propagation.stop();
  processes.stop();
  // Events of the last requests are still in flight.
  const deadLetters = await queues?.stop();

  const isMeasured = ({ atMs }: { readonly atMs: number }) => phaseAt(phases, atMs)?.isMeasured ?? false;
  const measuredPhases = phases.filter((phase) => phase.isMeasured);
  const seconds = measuredPhases.reduce((sum, phase) => sum + phase.seconds, 0);
  const writes = propagation.writes.filter(isMeasured);
  const delays = writes.flatMap(({ delayMs }) => delayMs ?? []);
  const usages = [...processes.samples].flatMap(([name, samples]) => {
    const usage = usageOf(samples.filter(isMeasured));
    return usage ? [[name, usage] as const] : [];
  });
  const observed = {
    propagation: { ...durationsOf(delays), lost: writes.length - delays.length },
    processes: Object.fromEntries(usages),
  };
  return {
    machine: machineFacts(),
    url,
    offeredPerSecond: expectedCount(measuredPhases, totalOf(rates)) / seconds,
    completedPerSecond: tally.requests / seconds,
    ...tally,
    ...observed,
    queues: Object.fromEntries(
      [...(queues?.depths ?? [])].map(([name, depths]) => [
        name,
        {
          maxDepth: Math.max(0, ...depths.map(({ messages }) => messages)),
          oldestAtMostMs: oldestAtMostMs(depths),
        },
      ]),
    ),
    limitedBy: limits.length === limited.length ? limits[0]?.by : undefined,
    verdict: judge(targets, { tally, ...observed, deadLetters, ended: system?.ended ?? [] }),
  };
}
