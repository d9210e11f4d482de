import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mapServices, publishers, serviceNames } from '@tandem/contracts/topology';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { startWorkload, type Workload } from '../support/consistency/workload.ts';
import { type Random, seeded } from '../support/random.ts';
import { recordStockEvents } from '../support/consistency/stock-events.ts';
import { untilHealthy } from '../support/http.ts';
import { temporaryFolder } from '../support/process.ts';
import { importInFlight, untilConnectionsRefused } from '../support/requests-in-flight.ts';
import { until } from '../support/until.ts';
import { watchBacklog } from './backlog.ts';
import { collectEvents } from './collect.ts';
import { type CountingClient, createCountingClient } from './counting-client.ts';
import { stateAtRest } from './at-rest.ts';
import { drillConfig } from './with-processes.ts';

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
  const unfinishedFile = join(folder.path, 'unfinished');
  const system = await startProcesses(drillConfig(), {
    entry: new URL('role/drain.ts', import.meta.url).pathname,
    environment: { PATH: process.env['PATH'], UNFINISHED_FILE: unfinishedFile },
    instances: mapServices(() => 2),
  });
  const { gateway } = system.urls;
  using counting = createCountingClient(gateway, PAUSE_MS);
  const { counts } = counting;
  const exits: { name: string; code: number | null; ms: number }[] = [];

  /** Stops a process with SIGTERM; resolves once its successor is ready. */
  const stop = async (name: string) => {
    const child = system.all.get(name);
    assert.ok(child, name);
    const before = counts.sent;
    await until(
      () => counts.sent - before,
      (sent) => sent >= REQUESTS_BETWEEN,
    );
    const stoppedAt = performance.now();
    const { code } = await child.kill('SIGTERM');
    exits.push({ name, code, ms: Math.round(performance.now() - stoppedAt) });
    await child.ready();
  };

  try {
    await untilHealthy(gateway);
    const random = seeded(seed);
    const backlog = watchBacklog(system.urls.aws);
    /** Clients also wait for consumers, which are slower on a busy machine. */
    const whenUp = async () => {
      await backlog.untilBelowLimit();
      return counting.whenUp();
    };
    const recorder = await recordStockEvents(system.urls.aws);
    const stopCollecting = collectEvents(recorder, system.urls.aws);
    const workload = await startWorkload({
      whenUp,
      random,
      shoppers: 4,
      merchants: 3,
      buyers: 3,
      retryTimeoutMs: RETRY_TIMEOUT_MS,
    });
    const stopReading = read(counting, workload, random);

    for (const name of processNames) await stop(name);
    const unfinished = await readFile(unfinishedFile, 'utf8');

    const upload = await importInFlight(gateway, 'late');
    const { promise: isBack, resolve } = Promise.withResolvers<void>();
    counting.gatewayStops(isBack);
    const stopped = stop('gateway').finally(resolve);
    await untilConnectionsRefused(gateway);
    const imported = await upload.finish();
    await stopped;

    const sentBefore = counts.sent;
    await until(
      () => counts.sent - sentBefore,
      (sent) => sent >= REQUESTS_BETWEEN,
    );
    backlog.stop();
    await stopReading();
    await workload.stop();
    await stopCollecting();
    const stoppedAt = performance.now();
    const { violations } = await stateAtRest(system.urls, workload, recorder, REST_DEADLINE_MS);

    const { sent, failures, waits, refused, neverAccepted, longestMs } = counts;
    t.diagnostic(
      `seed ${seed}: ${sent} requests, ${failures.length} failed, the longest took ${Math.round(longestMs)} ms`,
    );
    t.diagnostic(`${waits} checkouts and merges had to wait for Product's confirmation`);
    t.diagnostic(`while the gateway was down: ${refused} connections refused, ${neverAccepted} not accepted`);
    for (const { name, code, ms } of exits) t.diagnostic(`${name}: exit ${code} after ${ms} ms`);
    t.diagnostic(`at rest after ${Math.round(performance.now() - stoppedAt)} ms`);
    assert.deepEqual(failures, []);
    assert.deepEqual(workload.unexpected, []);
    assert.equal(imported.status, 200, imported.text);
    assert.deepEqual(
      exits.filter(({ code, ms }) => code !== 0 || ms > STOP_LIMIT_MS),
      [],
    );
    assert.equal(unfinished, serviceNames.map((service) => `${service} 0\n`.repeat(2)).join(''));
    assert.deepEqual(violations, []);
  } finally {
    await system.stop();
  }
});

/** Reads products and carts until it is stopped. */
function read(
  { whenUp }: CountingClient,
  { productIds, tokens }: Workload,
  random: Random,
): () => Promise<void> {
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
