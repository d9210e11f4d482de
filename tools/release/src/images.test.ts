import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/src/support/process.ts';
import { buildImages, imageServices, references } from './images.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const FAKE_DOCKER = `#!/usr/bin/env node
  const { appendFileSync, writeFileSync } = require('node:fs');
  const args = process.argv.slice(2);
  appendFileSync(process.env.LOG, JSON.stringify([process.env.SOURCE_DATE_EPOCH, ...args]) + '\\n');
  const [, file] = /--metadata-file=(\\S+)/.exec(args.join(' '));
  writeFileSync(file, process.env.METADATA);`;

test('each image is built once, from the Dockerfile, for ARM64, without times that would change its digest', async (t) => {
  await using folder = await temporaryFolder();
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'docker'), FAKE_DOCKER);
  await chmod(join(bin, 'docker'), 0o755);
  const log = join(folder.path, 'log');
  const before = process.env['PATH'];
  t.after(() => (process.env['PATH'] = before));
  process.env['PATH'] = `${bin}${delimiter}${before}`;
  process.env['LOG'] = log;
  process.env['METADATA'] = JSON.stringify({ 'containerimage.digest': digest });
  const output = join(folder.path, 'images');

  const digests = await buildImages(output, () => undefined);
  assert.deepEqual(digests, Object.fromEntries(imageServices.map((service) => [service, digest])));
  assert.deepEqual(JSON.parse(await readFile(join(output, 'digests.json'), 'utf8')), digests);
  const builds = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
  assert.equal(builds.length, imageServices.length);
  for (const [index, build] of builds.entries()) {
    const service = imageServices[index] ?? '';
    assert.equal(build[0], '0');
    for (const option of ['--platform=linux/arm64', `--build-arg=SERVICE=${service}`])
      assert.ok(build.includes(option), `${option} in ${build.join(' ')}`);
    assert.ok(
      build.includes(`--output=type=oci,dest=${join(output, service)},tar=false,rewrite-timestamp=true`),
    );
  }

  process.env['METADATA'] = '{}';
  await assert.rejects(
    buildImages(output, () => undefined),
    /has no containerimage\.digest: update/,
  );
});

test('an image is referred to by its digest, and none may be missing', () => {
  const all = Object.fromEntries(imageServices.map((service) => [service, digest]));
  assert.deepEqual(references(all, 'registry/tandem')['product'], `registry/tandem/product@${digest}`);
  assert.throws(() => references({ product: digest }, 'registry/tandem'), /no digest of cart/);
});
