import { DomainError } from '@tandem/chassis/errors';
import { Pool } from 'undici';
import { cpuSeconds } from '../observe/processes.ts';

/** A request with its expected status. */
export interface BenchRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
}

/** Subject of a measurement: requests to a server, or work of a process. */
export type Subject = { readonly name: string; readonly pid: number } & (
  | { readonly next: () => BenchRequest }
  | { readonly run: (count: number) => Promise<unknown> }
);

/** CPU milliseconds per request of a subject: the median, and by round. */
export interface Result {
  readonly name: string;
  readonly cpuMs: number;
  readonly rounds: readonly number[];
}

/** Concurrent requests to each subject. */
export const CONCURRENCY = 8;
/** Rounds before the measurement, in which code is compiled. */
const WARM_UP_ROUNDS = 2;

/** Median of the CPU times of two subjects, divided within each round, so that both had the same conditions. */
export function ratioOf(dividend: Result, divisor: Result): number {
  return median(dividend.rounds.map((ms, round) => ms / (divisor.rounds[round] ?? Number.NaN)));
}

/**
 * Measures the CPU time of each subject's process for a number of requests, in rounds over all subjects, so that other load
 * on the machine affects all of them. Rejects on an unexpected response.
 */
export async function measureRounds(
  subjects: readonly Subject[],
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
  log: (line: string) => void,
): Promise<readonly Result[]> {
  const measured = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [subject, values] of measured) {
      const before = usedBy(subject);
      if ('run' in subject) await subject.run(requests);
      else await sendRequests(subject.next, requests);
      const ms = ((usedBy(subject) - before) * 1000) / requests;
      if (round >= 0) values.push(ms);
    }
    log(round < 0 ? `warm-up ${round + WARM_UP_ROUNDS + 1}` : `round ${round + 1} of ${rounds}`);
  }
  return [...measured].map(([{ name }, values]) => ({ name, cpuMs: median(values), rounds: values }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function usedBy({ name, pid }: Subject): number {
  try {
    return cpuSeconds(pid);
  } catch (cause) {
    const message = `the CPU time of ${name} is read from /proc, which only Linux has`;
    throw new DomainError('unavailable', 'no-proc', message, { cause });
  }
}

async function sendRequests(next: () => BenchRequest, count: number): Promise<void> {
  const requests = Array.from({ length: count }, next);
  const pool = new Pool(requests[0]?.url ?? '', { connections: CONCURRENCY });
  const left = requests.values();
  const work = async () => {
    for (const { method, path, headers = {}, body = null, status } of left) {
      const response = await pool.request({ method, path, headers, body });
      const text = await response.body.text();
      if (response.statusCode !== status)
        throw new Error(`${method} ${path} returned ${response.statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  await pool.close();
}
