import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { client } from '../support/http.ts';
import { spawnSystem } from '../support/process.ts';
import { until } from '../support/until.ts';
import { listeningOn, residentMegabytes, withoutProc } from '../support/linux.ts';

const START_LIMIT_MS = 15_000;
const MEMORY_LIMIT_MB = 250;

test('a new system is ready within the limit, with its demo products', async (t) => {
  await using system = await spawnSystem();
  t.diagnostic(`ready ${Math.round(system.startMs)} ms after the spawn`);
  assert.ok(system.startMs < START_LIMIT_MS);
  const { body } = await client(system.urls.gateway).call<{ items: unknown[] }>('GET', '/products');
  assert.ok(body.items.length > 0);
  assert.deepEqual(await readdir(system.folder), ['.data']);
});

test('SEED=0 starts without products', async () => {
  await using system = await spawnSystem({ EPHEMERAL: '1', SEED: '0' });
  const { body } = await client(system.urls.gateway).call('GET', '/products');
  assert.deepEqual(body, { items: [] });
});

test('EPHEMERAL=1 stores no files', async () => {
  await using system = await spawnSystem({ EPHEMERAL: '1' });
  assert.equal((await client(system.urls.gateway).putProduct('mug')).status, 201);
  const { code, stderr } = await system.stop();
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.deepEqual(await readdir(system.folder), []);
});

test('the system listens on the loopback interface only', { skip: withoutProc }, async () => {
  await using system = await spawnSystem({ EPHEMERAL: '1' });
  const expected = Object.values(system.urls).map((url) => new URL(url).host);
  assert.deepEqual((await listeningOn(system.pid)).toSorted(), expected.toSorted());
  for (const address of expected) assert.match(address, /^127\.0\.0\.1:\d+$/);
});

test('an idle system stays below its memory limit', { skip: withoutProc }, async (t) => {
  await using system = await spawnSystem();
  let before = Infinity;
  const idle = await until(
    async () => {
      const now = await residentMegabytes(system.pid);
      const settled = Math.abs(now - before) < 0.5;
      before = now;
      return { megabytes: now, settled };
    },
    ({ settled }) => settled,
    { intervalMs: 500 },
  );
  t.diagnostic(`${Math.round(idle.megabytes)} MB resident when idle`);
  assert.ok(idle.megabytes < MEMORY_LIMIT_MB, `${idle.megabytes} MB`);
});
