import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import { anyPorts, localConfig } from '@tandem/local/config';
import { mintToken } from '@tandem/emulators/issuer';
import { type Role, roleGroups } from '@tandem/local/processes/role-names';
import { startProcesses } from '@tandem/local/processes/supervisor';
import { runSmokeTest } from '@tandem/smoke/smoke-test';
import { inherited } from '../support/command.ts';
import { client, untilHealthy } from '../support/http.ts';
import { isRunning, spawnFailing, spawnSystem, temporaryFolder } from '../support/process.ts';
import { until } from '../support/until.ts';

const quiet = { SEED: '0', LOG_LEVEL: 'silent' };

async function assertWorking(gateway: string): Promise<void> {
  await untilHealthy(gateway);
  await runSmokeTest(
    gateway,
    await mintToken({ subject: 'test', scopes: ['products:write'] }),
    () => undefined,
  );
}

const roles = roleGroups.flat();

/** Process ids from the output, in the order of the roles. */
function pidsOf(stdout: string): number[] {
  return roles.map((role) => Number(new RegExp(`^ *${role} +(\\d+)$`, 'm').exec(stdout)?.[1]));
}

test('a system in processes passes the smoke test, also after a kill -9 of each process', async () => {
  const config = readConfig(localConfig, { ...anyPorts, ...quiet, EPHEMERAL: '1' });
  const restarted: Role[] = [];
  const system = await startProcesses(config, {
    environment: inherited,
    onRestart: (role, { signal }) => {
      assert.equal(signal, 'SIGKILL');
      restarted.push(role);
    },
  });
  try {
    await assertWorking(system.urls.gateway);
    for (const role of roles) {
      const pid = system.children[role].pid();
      await system.children[role].kill('SIGKILL');
      await system.children[role].ready();
      assert.notEqual(system.children[role].pid(), pid);
      await assertWorking(system.urls.gateway);
    }
    assert.deepEqual(restarted, roles);
  } finally {
    await system.stop();
  }
});

test('a stopped process stays down until it is started, while the others keep working', async () => {
  const config = readConfig(localConfig, { ...anyPorts, ...quiet, EPHEMERAL: '1' });
  const system = await startProcesses(config, { environment: inherited });
  try {
    await untilHealthy(system.urls.gateway);
    assert.deepEqual(await system.children.product.stop(), { code: 0, signal: null });
    const { call } = client(system.urls.gateway);
    assert.equal((await call('GET', '/products')).status, 503);
    assert.equal((await call('POST', '/carts')).status, 201);
    await system.children.product.start();
    await assertWorking(system.urls.gateway);
  } finally {
    await system.stop();
  }
});

test('SIGTERM stops all processes, with exit code 0', async () => {
  await using system = await spawnSystem({ ...quiet, EPHEMERAL: '1' }, ['--processes']);
  const { code, stdout } = await system.stop('SIGTERM');
  const pids = pidsOf(stdout);
  assert.equal(code, 0);
  assert.ok(
    pids.every((pid) => pid > 0 && !isRunning(pid)),
    stdout,
  );
});

test('when the parent process is killed, all processes exit', async () => {
  await using system = await spawnSystem({ ...quiet, EPHEMERAL: '1' }, ['--processes']);
  const { stdout } = await system.kill9();
  const pids = pidsOf(stdout);
  assert.ok(pids.every((pid) => pid > 0));
  await until(
    () => pids.filter(isRunning),
    (running) => running.length === 0,
  );
});

test('a port in use and an invalid option are errors of one line, and no process is left running', async () => {
  await using system = await spawnSystem({ ...quiet, EPHEMERAL: '1' });
  const PORT = new URL(system.urls.gateway).port;
  const conflict = await spawnFailing({ ...quiet, EPHEMERAL: '1', PORT }, ['--processes']);
  assert.deepEqual([conflict.code, conflict.stdout], [1, '']);
  assert.match(conflict.stderr, /^port \d+ is in use: choose another with PORT .*\n$/);
  const misspelled = await spawnFailing({ ...quiet, EPHEMERAL: '1' }, ['--proceses']);
  assert.deepEqual([misspelled.code, misspelled.stderr.split('\n').length], [2, 2]);
  for (const args of [
    ['--instances', '2'],
    ['--processes', '--instances', '0'],
  ]) {
    const invalid = await spawnFailing({ ...quiet, EPHEMERAL: '1' }, args);
    assert.deepEqual([invalid.code, invalid.stdout], [2, '']);
    assert.match(invalid.stderr, /^--instances .*\n$/);
  }
});

test('a system in one process and one in many processes use the same stored state', async () => {
  await using folder = await temporaryFolder();
  const environment = { ...quiet, DATA_DIR: folder.path };
  await using first = await spawnSystem(environment);
  assert.equal((await client(first.urls.gateway).putProduct('mug')).status, 201);
  await first.stop();
  await using second = await spawnSystem(environment, ['--processes']);
  const { product, openCart, add } = client(second.urls.gateway);
  assert.equal((await product('mug')).status, 200);
  const cartId = await openCart();
  assert.equal((await add(cartId, 'mug', 2)).status, 200);
  await until(
    async () => (await product('mug')).body.inventory,
    (inventory) => inventory === 98,
  );
  await second.stop();
  await using third = await spawnSystem(environment);
  assert.equal((await client(third.urls.gateway).product('mug')).body.inventory, 98);
});
