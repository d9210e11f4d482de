import { Pool } from 'undici';
import { cpuSeconds } from '../observe/linux.ts';
import { DomainError } from '@tandem/chassis/errors';

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
  | { readonly run: (count: number) => Promise<void> }
);

/** CPU milliseconds per request, over the rounds: median, minimum and maximum. */
export interface Result {
  readonly name: string;
  readonly cpuMs: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: readonly number[];
}

/** Concurrent requests. */
const CONNECTIONS = 8;
/** Rounds before the measurement, in which code is compiled. */
const WARM_UP_ROUNDS = 2;

/**
 * Measures the CPU time of each subject's process for a number of requests, in rounds over all subjects, so that other load
 * on the machine affects all of them. Rejects on an unexpected response.
 */
export async function measureRounds(
  subjects: readonly Subject[],
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
  log: (line: string) => void,
): Promise<readonly Result[]> {
  const measured = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const subject of subjects) {
      const before = usedBy(subject);
      if ('run' in subject) await subject.run(requests);
      else await sendRequests(subject.next, requests);
      const ms = ((usedBy(subject) - before) * 1000) / requests;
      if (round >= 0) measured.get(subject.name)?.push(ms);
    }
    log(round < 0 ? `warm-up ${round + WARM_UP_ROUNDS + 1}` : `round ${round + 1} of ${rounds}`);
  }
  return [...measured].map(([name, values]) => {
    const ascending = values.toSorted((a, b) => a - b);
    const [least = 0, most = 0] = [ascending[0], ascending.at(-1)];
    return { name, cpuMs: ascending[Math.floor(values.length / 2)] ?? 0, least, most, rounds: values };
  });
}

function usedBy({ name, pid }: Subject): number {
  const used = cpuSeconds(pid);
  if (used !== undefined) return used;
  throw new DomainError(
    'unavailable',
    'no-proc',
    `the CPU time of ${name} is read from /proc, which only Linux has`,
  );
}

async function sendRequests(next: () => BenchRequest, count: number): Promise<void> {
  const first = next();
  const pool = new Pool(first.url, { connections: CONNECTIONS });
  let left = count;
  const work = async (firstRequest?: BenchRequest) => {
    for (let request = firstRequest; left-- > 0; request = undefined) {
      const { method, path, headers = {}, body, status } = request ?? next();
      const response = await pool.request({ method, path, headers, body: body ?? null });
      const text = await response.body.text();
      if (response.statusCode !== status)
        throw new Error(`${method} ${path} returned ${response.statusCode}: ${text}`);
    }
  };
  await Promise.all([work(first), ...Array.from({ length: CONNECTIONS - 1 }, () => work())]);
  await pool.close();
}
