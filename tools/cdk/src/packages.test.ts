import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { areInstalled } from './packages.ts';

test('packages are installed if each has the version that package.json pins', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-packages-'));
  const directory = relative(join(import.meta.dirname, '../../..'), folder);
  const write = (file: string, content: object) => writeFile(join(folder, file), JSON.stringify(content));
  try {
    await mkdir(join(folder, 'node_modules/one'), { recursive: true });
    await mkdir(join(folder, 'node_modules/@scope/two'), { recursive: true });
    await write('package.json', {
      dependencies: { one: '1.0.0' },
      devDependencies: { '@scope/two': '2.0.0' },
    });
    await write('node_modules/one/package.json', { version: '1.0.0' });
    assert.equal(areInstalled(directory), false, 'one is missing');
    await write('node_modules/@scope/two/package.json', { version: '1.9.0' });
    assert.equal(areInstalled(directory), false, 'one is of another version');
    await write('node_modules/@scope/two/package.json', { version: '2.0.0' });
    assert.equal(areInstalled(directory), true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
