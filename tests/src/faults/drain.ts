import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mapServices, publishers, serviceNames } from '@tandem/contracts/topology';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { type Load, startLoad } from '../support/consistency/workload.ts';
import { type Random, seeded } from '../support/random.ts';
import { recordStockEvents } from '../support/consistency/stock-events.ts';
import { temporaryFolder } from '../support/process.ts';
import { importInFlight, refusesConnections } from '../support/stopping.ts';
import { until } from '../support/until.ts';
import { watchBacklog } from './backlog.ts';
import { collectEvents } from './collect.ts';
import { type Counting, countRequests } from './counting-client.ts';
import { faultsAtRest } from './at-rest.ts';
import { configOfDrill } from './with-processes.ts';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
/** The contract's limit. */
const STOP_LIMIT_MS = 25_000;
/** Pause between two requests of a client: a few hundred requests per second in total, which two cores serve without a queue. */
const PAUSE_MS = 25;
const READERS = 4;
/** Limit of a checkout's wait for Product on a busy machine. */
const RETRY_TIMEOUT_MS = 60_000;
/** Number of requests between two stops. */
const REQUESTS_BETWEEN = 100;
/** Longer than the visibility timeout of half a minute, for messages that a stopping consumer still received. */
const REST_DEADLINE_MS = 45_000;
/** Processes in the order in which they are stopped; the gateway follows. */
const processNames = [
  ...serviceNames.flatMap((service) => [service, `${service}-2`]),
  ...publishers.map(([service]) => `${service}-relay`),
  'messaging',
];

test('a graceful shutdown of each process under load fails no request, and loses and dead-letters no message', async (t) => {
  await using folder = await temporaryFolder();
  const halfDoneFile = join(folder.path, 'half-done');
  const system = await startProcesses(configOfDrill(), {
    entry: new URL('role/drain.ts', import.meta.url).pathname,
    environment: { PATH: process.env['PATH'], HALF_DONE_FILE: halfDoneFile },
    instances: mapServices(() => 2),
  });
  const { gateway } = system.urls;
  using counting = countRequests(gateway, PAUSE_MS);
  const { count } = counting;
  const exits: { name: string; code: number | null; ms: number }[] = [];

  /** Stops a process with SIGTERM; resolves once its successor is ready. */
  const stop = async (name: string) => {
    const child = system.all.get(name);
    assert.ok(child, name);
    const before = count.sent;
    await until(
      () => count.sent - before,
      (sent) => sent >= REQUESTS_BETWEEN,
    );
    const stoppedAt = performance.now();
    const { code } = await child.kill('SIGTERM');
    exits.push({ name, code, ms: Math.round(performance.now() - stoppedAt) });
    await child.ready();
  };

  try {
    await until(
      async () => (await fetch(`${gateway}/health`)).status,
      (status) => status === 200,
    );
    const random = seeded(seed);
    const backlog = watchBacklog(system.urls.aws);
    /** Clients also wait for consumers, which are slower on a busy machine. */
    const whenUp = async () => {
      await backlog.isShort();
      return counting.whenUp();
    };
    const recorder = await recordStockEvents(system.urls.aws);
    const stopCollecting = collectEvents(recorder, system.urls.aws);
    const load = await startLoad({
      whenUp,
      random,
      shoppers: 4,
      merchants: 3,
      buyers: 3,
      retryTimeoutMs: RETRY_TIMEOUT_MS,
    });
    const stopReading = read(counting, load, random);

    for (const name of processNames) await stop(name);
    const halfDone = await readFile(halfDoneFile, 'utf8');

    const half = await importInFlight(gateway, 'late');
    const { promise: isBack, resolve } = Promise.withResolvers<void>();
    counting.gatewayStops(isBack);
    const stopped = stop('gateway').finally(resolve);
    await refusesConnections(gateway);
    const imported = await half.finish();
    await stopped;

    const whole = count.sent;
    await until(
      () => count.sent - whole,
      (sent) => sent >= REQUESTS_BETWEEN,
    );
    backlog.stop();
    await stopReading();
    await load.stop();
    await stopCollecting();
    const restedFrom = performance.now();
    const { faults } = await faultsAtRest(system.urls, load, recorder, REST_DEADLINE_MS);

    const { sent, failures, waits, refused, neverAccepted, longestMs } = count;
    t.diagnostic(
      `seed ${seed}: ${sent} requests, ${failures.length} failed, the longest took ${Math.round(longestMs)} ms`,
    );
    t.diagnostic(`${waits} checkouts and merges had to wait for Product's confirmation`);
    t.diagnostic(`while the gateway was down: ${refused} connections refused, ${neverAccepted} not accepted`);
    for (const { name, code, ms } of exits) t.diagnostic(`${name}: exit ${code} after ${ms} ms`);
    t.diagnostic(`at rest after ${Math.round(performance.now() - restedFrom)} ms`);
    assert.deepEqual(failures, []);
    assert.deepEqual(load.unexpected, []);
    assert.equal(imported.status, 200, imported.text);
    assert.deepEqual(
      exits.filter(({ code, ms }) => code !== 0 || ms > STOP_LIMIT_MS),
      [],
    );
    assert.equal(halfDone, 'product 0\nproduct 0\ncart 0\ncart 0\n');
    assert.deepEqual(faults, []);
  } finally {
    await system.stop();
  }
});

/** Reads products and carts until it is stopped. */
function read({ whenUp }: Counting, { productIds, tokens }: Load, random: Random): () => Promise<void> {
  const stopping = new AbortController();
  const pick = <T>(from: readonly T[]) => from[random(0, from.length - 1)];
  const readers = Array.from({ length: READERS }, async () => {
    while (!stopping.signal.aborted) {
      const api = await whenUp();
      const [cartId = '', token = false] = pick([...tokens]) ?? [];
      const reads = [
        () => api.call('GET', `/products/${pick(productIds)}`),
        () => api.call('GET', '/products?limit=5'),
        () => api.call('GET', `/carts/${cartId}`, { token }),
      ];
      // The counting client counts failures.
      await pick(reads)?.().catch(() => undefined);
    }
  });
  return async () => {
    stopping.abort();
    await Promise.all(readers);
  };
}
