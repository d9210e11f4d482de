import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { outputOf, run } from '@tandem/cli/run';
import { temporaryFolder } from '../../../../tests/src/support/process.ts';

/** A release with a fake CDK and a fake smoke test, which log their calls and fail for the versions that `broken` lists. */
const CDK = `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
  const args = process.argv.slice(2);
  const version = readFileSync(new URL('../../version', import.meta.url), 'utf8');
  appendFileSync(process.env.LOG, 'cdk ' + version + ' ' + args.slice(0, 2).join(' ') + '\\n');
  if ((process.env.BROKEN ?? '').split(',').includes('deploy ' + version)) process.exit(1);
  const file = args[args.indexOf('--outputs-file') + 1];
  writeFileSync(file, JSON.stringify({ 'tandem-staging-edge': { Url: 'https://shop.example' } }));`;
const SMOKE = `import { appendFileSync, readFileSync } from 'node:fs';
  const version = readFileSync(new URL('version', import.meta.url), 'utf8');
  appendFileSync(process.env.LOG, 'smoke ' + version + ' ' + process.argv[2] + ' ' + process.env.TOKEN + '\\n');
  process.exit((process.env.BROKEN ?? '').split(',').includes('smoke ' + version) ? 1 : 0);`;
/** The AWS CLI on a directory instead of a bucket. */
const AWS = `#!/usr/bin/env node
  const { appendFileSync, copyFileSync, existsSync, mkdirSync } = require('node:fs');
  const { dirname, join } = require('node:path');
  const [service, action, ...args] = process.argv.slice(2);
  appendFileSync(process.env.LOG, 'aws ' + service + ' ' + action + '\\n');
  if (process.env.DENIED) { console.error('An error occurred (AccessDenied)'); process.exit(254); }
  const local = (path) => path.replace(/^s3:\\/\\/releases/, process.env.BUCKET);
  if (action === 'list-objects-v2') {
    const key = args[args.indexOf('--prefix') + 1];
    console.log(existsSync(join(process.env.BUCKET, key)) ? JSON.stringify([key + '.old', key]) : 'null');
  } else {
    const [from, to] = args.map(local);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }`;

const folder = await temporaryFolder();
const bin = join(folder.path, 'bin');
const server = createServer((_request, response) => response.end(JSON.stringify({ access_token: 'T' })));

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await mkdir(bin);
  await writeFile(join(bin, 'aws'), AWS);
  await chmod(join(bin, 'aws'), 0o755);
});
after(async () => {
  server.close();
  await folder[Symbol.asyncDispose]();
});

/** Packs a release of this version, with the real program, and unpacks it as the workflow does. */
async function createRelease(version: string) {
  const source = join(folder.path, `source-${version}`);
  await mkdir(join(source, 'cdk/bin'), { recursive: true });
  await writeFile(join(source, 'cdk/bin/cdk'), CDK);
  await writeFile(join(source, 'cdk/package.json'), '{"type":"module"}');
  await writeFile(join(source, 'smoke.mjs'), SMOKE);
  await writeFile(join(source, 'version'), version);
  await writeFile(join(source, 'images.json'), `{"product":"r/product@sha256:${'a'.repeat(64)}"}`);
  await build({
    entryPoints: { deploy: join(import.meta.dirname, 'main.ts') },
    outdir: source,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
  });
  const archive = join(folder.path, `${version}.tar.gz`);
  await outputOf('tar', ['--create', '--gzip', '--file', archive, '--directory', source, '.']);
  return { program: join(source, 'deploy.mjs'), archive };
}

async function deploy(version: string, env: Readonly<Record<string, string>> = {}) {
  const { program, archive } = await createRelease(version);
  const log = join(folder.path, `log-${version}`);
  await writeFile(log, '');
  const { port } = server.address() as AddressInfo;
  const { code, output } = await run(process.execPath, [program, 'staging', '--archive', archive], {
    env: {
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      LOG: log,
      BUCKET: join(folder.path, 'bucket'),
      RELEASES: 'releases',
      RUNNER_TEMP: folder.path,
      GITHUB_ACTIONS: 'true',
      SMOKE_TOKEN_URL: `http://127.0.0.1:${port}/`,
      SMOKE_CLIENT_ID: 'smoke',
      SMOKE_CLIENT_SECRET: 'secret-of-the-client',
      ...env,
    },
  });
  assert.doesNotMatch(output, /secret-of-the-client/);
  return { code, output, calls: (await readFile(log, 'utf8')).trim().split('\n') };
}

const tested = (version: string) => [
  `cdk ${version} deploy tandem-staging-*`,
  `smoke ${version} https://shop.example T`,
];
const [list, copy] = ['aws s3api list-objects-v2', 'aws s3 cp'];

test('releases one after the other: what fails is replaced by the last one that passed, with its own programs', async () => {
  const first = await deploy('v1', { BROKEN: 'smoke v1' });
  assert.deepEqual([first.code, first.calls], [1, [list, ...tested('v1')]]);
  assert.match(first.output, /none to restore/);

  const second = await deploy('v2');
  assert.deepEqual([second.code, second.calls], [0, [list, ...tested('v2'), copy]]);
  assert.match(second.output, /^::add-mask::T$/m, 'GitHub hides the token');

  const third = await deploy('v3', { BROKEN: 'smoke v3' });
  assert.deepEqual([third.code, third.calls], [1, [list, copy, ...tested('v3'), ...tested('v2')]]);
  assert.match(third.output, /runs the last good version again/);

  const fourth = await deploy('v4', { BROKEN: 'deploy v4,deploy v2' });
  const attempts = ['cdk v4 deploy tandem-staging-*', 'cdk v2 deploy tandem-staging-*'];
  assert.deepEqual([fourth.code, fourth.calls], [1, [list, copy, ...attempts]]);
  assert.match(fourth.output, /see "A release failed" in docs\/runbook\.md/);

  const fifth = await deploy('v5');
  assert.deepEqual([fifth.code, fifth.calls], [0, [list, copy, ...tested('v5'), copy]]);
});

test('nothing is deployed without rights on the bucket, or without a client for the smoke test', async () => {
  const denied = await deploy('v6', { DENIED: 'yes' });
  assert.deepEqual([denied.code, denied.calls], [1, [list]]);
  assert.match(denied.output, /AccessDenied/);
  const unset = await deploy('v7', { SMOKE_CLIENT_SECRET: '' });
  assert.deepEqual([unset.code, unset.calls], [2, ['']]);
  assert.match(unset.output, /SMOKE_CLIENT_SECRET is not set/);
});
