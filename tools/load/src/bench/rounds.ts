import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { processCpuSeconds } from '../observe/processes.ts';
import type { Load } from './arguments.ts';
import { sendAtRate, sendSaturated, type SendNext, type Sent } from './client.ts';

/** What is measured: requests of one route to one process. */
export interface Subject {
  /** Unique: `Tandem add`. */
  readonly name: string;
  readonly pid: number;
  /** Sends one request and awaits its response; rejects on an unexpected one. */
  readonly sendNext: SendNext;
}

/** CPU milliseconds a request, and latencies, of one round. */
export interface Round extends Sent {
  readonly cpuMs: number;
}

export interface Result {
  readonly name: string;
  readonly rounds: readonly Round[];
}

/** Parts of the warm-up; the last one tells how much CPU time a request takes. */
const WARM_UP_PARTS = 4;
/** Compiles code sooner than a rate would. */
const WARM_UP_CONNECTIONS = 16;
/** Fewest requests of a round, so that its p99 is not that of a few. */
const MIN_REQUESTS = 300;
/** Settles timers and connections of the load before. */
const PAUSE_MS = 50;

/** Options of {@link measureRounds}. */
export interface RoundsOptions {
  readonly rounds: number;
  readonly load: Load;
  /** Requests of each subject before the first round. */
  readonly warmUp: number;
  readonly log: (line: string) => void;
  /** CPU seconds that a process has used; default: from `/proc`. */
  readonly cpuSeconds?: (pid: number) => number;
}

/**
 * Measures in rounds over all subjects, so that other load on the machine affects all of them; every second round has the
 * reverse order, so that a trend within a round cancels out.
 */
export async function measureRounds(
  subjects: readonly Subject[],
  { rounds, load, warmUp, log, cpuSeconds = processCpuSeconds }: RoundsOptions,
): Promise<readonly Result[]> {
  const measure = async ({ pid }: Subject, send: () => Promise<Sent>): Promise<Round> => {
    const before = cpuSeconds(pid);
    const sent = await send();
    return { ...sent, cpuMs: ((cpuSeconds(pid) - before) * 1_000) / sent.requests };
  };
  const used = new Map<Subject, number>();
  for (let part = 1; part <= WARM_UP_PARTS; part++) {
    for (const subject of subjects) {
      const send = () =>
        sendSaturated(subject.sendNext, Math.ceil(warmUp / WARM_UP_PARTS), WARM_UP_CONNECTIONS);
      used.set(subject, (await measure(subject, send)).cpuMs);
    }
    log(`warm-up, part ${part} of ${WARM_UP_PARTS}`);
  }
  for (const [{ name, pid }, cpuMs] of used) if (cpuMs === 0) throw idleProcess(pid, name);

  const measured = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects.toReversed() : subjects) {
      await delay(PAUSE_MS);
      const send = () =>
        'perSecond' in load
          ? sendAtRate(subject.sendNext, { ...load, seed: round })
          : sendSaturated(
              subject.sendNext,
              requestsFor(load.cpuMs, used.get(subject) ?? 0),
              load.connections,
            );
      measured.get(subject)?.push(await measure(subject, send));
    }
    log(`round ${round} of ${rounds}`);
  }
  return subjects.map((subject) => ({ name: subject.name, rounds: measured.get(subject) ?? [] }));
}

/** Requests that take this CPU time at `each` milliseconds. */
export function requestsFor(cpuMs: number, each: number): number {
  return Math.max(MIN_REQUESTS, Math.ceil(cpuMs / Math.max(each, 0.001)));
}

/** Measures the CPU milliseconds a second of processes without requests, all at the same time. */
export async function measureIdle(
  pids: Readonly<Record<string, number>>,
  seconds: number,
): Promise<Readonly<Record<string, number>>> {
  const all = () => Object.entries(pids).map(([name, pid]) => [name, processCpuSeconds(pid)] as const);
  const [start, before] = [performance.now(), new Map(all())];
  await delay(seconds * 1_000);
  const elapsed = (performance.now() - start) / 1_000;
  return Object.fromEntries(
    all().map(([name, cpu]) => [name, ((cpu - (before.get(name) ?? 0)) * 1_000) / elapsed]),
  );
}

function idleProcess(pid: number, name: string): DomainError {
  return new DomainError(
    'invalid',
    'idle-process',
    `Process ${pid} used no CPU time for ${name}: use the id of the server's own process, not that of a shell that started it`,
  );
}
