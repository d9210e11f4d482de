import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import type { ServiceName } from '@tandem/contracts/topology';
import { anyPorts, localConfig } from '@tandem/local/config';
import { type Store } from '@tandem/local/system/store';
import { startSystem } from '@tandem/local/system/start';
import { openSqlite } from '@tandem/storage/sqlite';
import type { Engine } from './engine/engine.ts';
import { nodeEngine } from './engine/node.ts';
import type { Phase } from './profiles.ts';
import { peakRates } from './rates.ts';
import type { LoadRun } from './run.ts';
import { openOwnSession, openTarget } from './session.ts';

const phases: readonly Phase[] = [{ name: 'short', seconds: 2, share: 0.5, isMeasured: true }];
const loadRun: LoadRun = {
  rates: peakRates,
  phases,
  targets: {},
  arrivals: 'even',
  seed: 1,
  engine: nodeEngine,
};

test('a short run against its own system passes, and its report is complete', async () => {
  await using session = await openOwnSession({
    mode: 'embedded',
    store: 'sqlite',
    path: process.env['PATH'],
  });
  const report = await session.run(loadRun);
  assert.deepEqual(report.errors, {});
  assert.ok(report.verdict.passed, JSON.stringify(report.verdict));
  assert.equal(report.requests, 100);
  assert.ok(report.propagation.count > 0);
  assert.deepEqual(Object.keys(report.queues).length, 2);
  assert.ok((report.relayLag['product']?.count ?? 0) > 0);
  if (process.platform === 'linux') assert.ok((report.processes['system']?.corePercent ?? 0) > 0);
});

/** Runs against a system whose Product has a fault when it reads for a client, once the run has started. */
async function runWithFault(fault: () => Promise<void>, targets: LoadRun['targets']) {
  let isArmed = false;
  const openStore = (service: ServiceName): Store => {
    const store = openSqlite(':memory:');
    if (service === 'cart') return store;
    const read: Store['driver']['read'] = async (pks, options) => {
      if (isArmed && !options.consistent) await fault();
      return store.driver.read(pks, options);
    };
    return { ...store, driver: { ...store.driver, read } };
  };
  const config = readConfig(localConfig, {
    ...anyPorts,
    EPHEMERAL: '1',
    SEED: '0',
    LOG_LEVEL: 'silent',
  });
  const system = await startSystem(config, { openStore });
  const engine: Engine = async (job, on) => {
    isArmed = true;
    const sent = await nodeEngine(job, on);
    isArmed = false;
    return sent;
  };
  try {
    await using session = await openTarget(system.urls.gateway, undefined);
    return await session.run({ ...loadRun, targets, engine });
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
  const report = await runWithFault(() => delay(1_500), { p99Ms: 1_000 });
  const failed = report.verdict.checks.filter(({ passed }) => !passed).map(({ name }) => name);
  assert.deepEqual(failed, ['p99 of product']);
  assert.deepEqual(report.errors, {});
});
