import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { anyPorts, localConfig } from '@tandem/local/config';
import { type Store } from '@tandem/local/system/store';
import { startSystem } from '@tandem/local/system/start';
import { openSqlite } from '@tandem/storage/sqlite';
import { arrivals, seeded } from './arrivals.ts';
import { cartsFor, cleanUp, localTokens, prepare } from './prepare.ts';
import { measured } from './profiles.ts';
import { peakRates, totalOf } from './rates.ts';
import { type LoadRun, runLoad, runPrepared, subjectOf } from './run.ts';
import { startOwnSystem } from './system/own-system.ts';
import { textOf } from './text.ts';

const run: LoadRun = {
  rates: peakRates,
  phases: [measured('short', 0.5, 2)],
  targets: {},
  seed: 1,
};

test('a short run against its own system passes, and its report is complete', async () => {
  await using system = await startOwnSystem({
    mode: 'embedded',
    store: 'sqlite',
    path: process.env['PATH'],
  });
  const report = await runLoad(await subjectOf(system), run);
  assert.deepEqual(report.errors, {});
  assert.ok(report.verdict.passed, JSON.stringify(report.verdict));
  const due = [...arrivals(run.phases, totalOf(peakRates), seeded(run.seed + 1))];
  assert.equal(report.requests, due.length);
  assert.ok(report.propagation.count > 0);
  assert.deepEqual(Object.keys(report.queues), Object.keys(topology.queues));
  if (process.platform === 'linux') assert.ok((report.processes['system']?.corePercent ?? 0) > 0);
  const text = textOf('title', report);
  for (const line of [/^title\n/, /^ {2}all of cart +\d+ /m, /^✓ errors +0 {3}none$/m, /\npassed\n$/])
    assert.match(text, line);
});

/** Runs against a system whose Product has a fault when it reads for a client, once the run has started. */
async function runWithFault(fault: () => Promise<void>, targets: LoadRun['targets']) {
  let isArmed = false;
  const openStore = (service: ServiceName): Store => {
    const store = openSqlite(':memory:');
    if (service !== 'product') return store;
    const read: Store['driver']['read'] = async (pks, options) => {
      if (isArmed && !options.consistent) await fault();
      return store.driver.read(pks, options);
    };
    return { ...store, driver: { ...store.driver, read } };
  };
  const config = readConfig(localConfig, { ...anyPorts, EPHEMERAL: '1', SEED: '0', LOG_LEVEL: 'silent' });
  const system = await startSystem(config, { openStore });
  const url = system.urls.gateway;
  try {
    const prepared = await prepare(url, await localTokens(), cartsFor(peakRates, 1));
    isArmed = true;
    const report = await runPrepared({ url }, { ...run, targets }, prepared);
    isArmed = false;
    await cleanUp(url, prepared);
    const remaining = await fetch(`${url}/products`);
    assert.deepEqual(await remaining.json(), { items: [] });
    return report;
  } finally {
    await system.stop();
  }
}

test('500 responses fail the run', async () => {
  const report = await runWithFault(() => Promise.reject(new Error('planted')), {});
  assert.ok((report.errors['500 internal: read a product'] ?? 0) > 0, JSON.stringify(report.errors));
  assert.equal(report.verdict.passed, false);
});

test('a slow service fails the run, by its p99 target only', async () => {
  const report = await runWithFault(() => delay(2_500), { p99Ms: 2_000 });
  const failed = report.verdict.checks.filter(({ passed }) => !passed).map(({ name }) => name);
  assert.deepEqual(failed, ['p99 of product']);
  assert.deepEqual(report.errors, {});
});
