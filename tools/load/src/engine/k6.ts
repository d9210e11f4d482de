import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { DomainError } from '@tandem/chassis/errors';
import { expectedCount } from '../arrivals.ts';
import type { Operation } from '../mix.ts';
import type { Outcome } from '../outcome.ts';
import { percentile } from '../percentile.ts';
import { measuredSpan } from '../profiles.ts';
import { totalOf } from '../rates.ts';
import type { Engine, Job, Sent } from './engine.ts';

const script = join(import.meta.dirname, '../../k6/mix.ts');

/** Data point of one of our metrics in k6's JSON output. */
interface Point {
  readonly metric: 'tandem_latency' | 'tandem_lateness' | 'dropped_iterations';
  readonly data: {
    readonly time: string;
    readonly value: number;
    readonly tags?: { readonly operation?: Operation; readonly outcome?: Outcome };
  };
}

/** Engine that sends with k6, which reports its samples at the end. Arrivals are even, the only kind that k6 supports. */
export function k6Engine(k6: string): Engine {
  return async (job, on) => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-k6-'));
    try {
      const points = join(folder, 'points.json');
      await writeFile(join(folder, 'job.json'), JSON.stringify({ ...job, total: totalOf(job.rates) }));
      const startedAt = await runK6(k6, job, folder, points, on.start);
      return await readPoints(points, startedAt, job, on.sample);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Runs k6. Resolves to the start of its scenarios, in milliseconds since the epoch. */
async function runK6(k6: string, job: Job, folder: string, points: string, onStart: () => void) {
  const child = spawn(
    k6,
    [
      'run',
      '--quiet',
      '--no-usage-report',
      '--no-summary',
      '--no-thresholds',
      '--address=',
      `--out=json=${points}`,
      `--env=JOB=${join(folder, 'job.json')}`,
      script,
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let startedAt = 0;
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    const [, at] = /tandem started (\d+)/.exec(said) ?? [];
    if (at === undefined || startedAt > 0) return;
    startedAt = Number(at);
    onStart();
  });
  const [[code], said] = await Promise.all([closed, text(child.stderr)]);
  if (code !== 0 || startedAt === 0)
    throw new DomainError(
      'unavailable',
      'k6-failed',
      `k6 failed (${code}) at ${job.url}: ${said.slice(-1_000)}`,
    );
  return startedAt;
}

async function readPoints(
  file: string,
  startedAt: number,
  { phases, rates }: Job,
  onSample: Parameters<Engine>[1]['sample'],
): Promise<Sent> {
  const lateMs: number[] = [];
  const fromMs = measuredSpan(phases).from * 1000;
  let dropped = 0;
  for await (const line of createInterface(createReadStream(file))) {
    if (!/"metric":"(?:tandem_|dropped)/.test(line) || !line.includes('"Point"')) continue;
    const { metric, data } = JSON.parse(line) as Point;
    const atMs = Date.parse(data.time) - startedAt;
    if (metric === 'dropped_iterations') dropped += data.value;
    else if (metric === 'tandem_lateness') {
      if (atMs >= fromMs) lateMs.push(data.value);
    } else if (data.tags?.operation && data.tags.outcome) {
      const { operation, outcome } = data.tags;
      onSample({ dueMs: Math.max(0, atMs - data.value), operation, outcome, latencyMs: data.value });
    }
  }
  const planned = Math.round(expectedCount(phases, totalOf(rates)));
  return { planned, dropped, lateP99Ms: percentile(lateMs, 0.99) };
}
