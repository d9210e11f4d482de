import { setInterval } from 'node:timers/promises';
import { probe } from '@tandem/smoke/probe/probe';
import { type CloudWatch, MINUTE_MS, TIME_FACTOR } from './cloudwatch.ts';

/** Interval of the probe of production. */
const EVERY_MS = 5 * MINUTE_MS;
const DIMENSIONS = { FunctionName: 'probe' };

/** Runs the scheduled probe until it is disposed, and records what Lambda does of its invocations. */
export function runProbe(url: string, cloudWatch: CloudWatch): AsyncDisposable {
  const stopping = new AbortController();
  const run = async () => {
    cloudWatch.record('AWS/Lambda', 'Invocations', DIMENSIONS, 1);
    const errors = await probe(url, { deadlineMs: 10_000 / TIME_FACTOR, pauseMs: 50 }).then(
      () => 0,
      () => 1,
    );
    cloudWatch.record('AWS/Lambda', 'Errors', DIMENSIONS, errors);
  };
  const running = (async () => {
    await run();
    for await (const _ of setInterval(EVERY_MS, undefined, { signal: stopping.signal })) await run();
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
