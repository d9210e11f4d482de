import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { client, firstLine } from '../support/http.ts';
import { isRunning, spawnSystem, temporaryFolder } from '../support/process.ts';

const skip = process.platform === 'win32' && 'skipped: on Windows permissions are inherited';

/** Paths below a directory, itself included, that others than its owner may access. */
async function accessible(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true });
  assert.ok(
    entries.some((name) => name.endsWith('-wal')),
    entries.join(),
  );
  const modes = await Promise.all(
    ['', ...entries].map(async (name) => [name, (await stat(join(directory, name))).mode & 0o077] as const),
  );
  return modes.filter(([, mode]) => mode !== 0).map(([name]) => name);
}

for (const args of [[], ['--processes']]) {
  const mode = args.length > 0 ? 'in processes' : 'in one process';
  test(`the stored state is accessible to its owner only, ${mode} (security 17)`, { skip }, async () => {
    await using folder = await temporaryFolder();
    const DATA_DIR = join(folder.path, 'state');
    const start = async () => {
      const system = await spawnSystem({ DATA_DIR }, args);
      const api = client(system.urls.gateway);
      await api.putProduct('mug');
      const cartId = await api.openCart();
      await api.fill(cartId, { mug: 1 });
      assert.equal(firstLine((await api.cart(cartId)).body)?.qty, 1);
      return system;
    };
    {
      await using system = await start();
      assert.ok(isRunning(system.pid));
      assert.deepEqual(await accessible(DATA_DIR), []);
    }
    const loosened = await readdir(DATA_DIR, { recursive: true });
    for (const name of ['', ...loosened]) await chmod(join(DATA_DIR, name), 0o755);
    await using system = await start();
    assert.ok(isRunning(system.pid));
    assert.deepEqual(await accessible(DATA_DIR), [], 'state that an earlier version stored is corrected');
  });
}

test(
  'a directory that has files of others keeps its permissions, and so do they (security 17)',
  { skip },
  async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'photos'));
    for (const name of ['notes.txt', 'other.sqlite', 'other.db'])
      await writeFile(join(folder.path, name), '');
    for (const name of ['', 'photos', 'notes.txt', 'other.sqlite', 'other.db'])
      await chmod(join(folder.path, name), 0o755);
    await using system = await spawnSystem({ DATA_DIR: folder.path });
    assert.ok(isRunning(system.pid));
    assert.deepEqual((await accessible(folder.path)).toSorted(), [
      '',
      'notes.txt',
      'other.db',
      'other.sqlite',
      'photos',
    ]);
  },
);
