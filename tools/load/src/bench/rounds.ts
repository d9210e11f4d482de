import { Pool } from 'undici';
import { cpuSeconds } from '../observe/linux.ts';
import { DomainError } from '@tandem/chassis/errors';

/** A request, and the status that it is answered with. */
export interface BenchRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
}

/** What is measured: requests to a server, or work that a process does by itself. */
export type Subject = { readonly name: string; readonly pid: number } & (
  | { readonly next: () => BenchRequest }
  | { readonly run: (count: number) => Promise<void> }
);

/** Milliseconds of CPU a request, over the rounds: the median, the least and the most. */
export interface Result {
  readonly name: string;
  readonly cpuMs: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: readonly number[];
}

/** As many requests are under way at the same time. */
const CONNECTIONS = 8;
/** Rounds that are not counted: code is compiled in them. */
const WARM_UP_ROUNDS = 2;

/**
 * Measures the CPU time of each subject's process for so many requests, in rounds, in each of which every subject has its
 * turn: whatever disturbs the machine for a while disturbs all. Rejects when an answer is not as expected.
 */
export async function measureRounds(
  subjects: readonly Subject[],
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
  say: (line: string) => void,
): Promise<readonly Result[]> {
  const measured = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const subject of subjects) {
      const before = usedBy(subject);
      if ('run' in subject) await subject.run(requests);
      else await ask(subject.next, requests);
      const ms = ((usedBy(subject) - before) * 1000) / requests;
      if (round >= 0) measured.get(subject.name)?.push(ms);
    }
    say(round < 0 ? `warm-up ${round + WARM_UP_ROUNDS + 1}` : `round ${round + 1} of ${rounds}`);
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

async function ask(next: () => BenchRequest, count: number): Promise<void> {
  const first = next();
  const pool = new Pool(first.url, { connections: CONNECTIONS });
  let left = count;
  const work = async (given?: BenchRequest) => {
    for (let request = given; left-- > 0; request = undefined) {
      const { method, path, headers = {}, body, status } = request ?? next();
      const answer = await pool.request({ method, path, headers, body: body ?? null });
      const said = await answer.body.text();
      if (answer.statusCode !== status)
        throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${said}`);
    }
  };
  await Promise.all([work(first), ...Array.from({ length: CONNECTIONS - 1 }, () => work())]);
  await pool.close();
}
