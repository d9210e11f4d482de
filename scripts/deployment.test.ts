/** Rights of the workflows, job by job, and the shell of the job that publishes, run with a fake registry (security 4 and 7, F7, F19). */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { outputOf, run } from '@tandem/cli/run';
import { temporaryFolder } from '../tests/src/support/process.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const workflows = globSync('.github/workflows/*.yml', { cwd: root });
const ACTION = '.github/actions/deploy/action.yml';

interface Job {
  /** Workflow and name. */
  readonly id: string;
  /** Its lines, and those of the actions of this repository that it uses. */
  readonly text: string;
}

const jobs = workflows.flatMap((file): Job[] => {
  const [, all = ''] = read(file).split(/^jobs:\n/m);
  return all
    .split(/^ {2}(?=[\w-]+:$)/m)
    .slice(1)
    .map((job) => {
      const local = [...job.matchAll(/uses: \.\/(\.github\/actions\/\S+)/g)].map(([, folder]) =>
        read(`${folder}/action.yml`),
      );
      const name = job.slice(0, job.indexOf(':'));
      return { id: `${file.replace(/^.*\/|\.yml$/g, '')} ${name}`, text: [job, ...local].join('\n') };
    });
});
const textOf = (id: string) => jobs.find((job) => job.id === id)?.text ?? assert.fail(`no job ${id}`);
const withTokens = jobs.filter(({ text }) => text.includes('id-token: write'));

test('tokens for AWS are given to the jobs that publish, deploy and compare, and to no other', () => {
  assert.deepEqual(
    withTokens.map(({ id }) => id),
    ['deploy publish', 'deploy staging', 'deploy production', 'diff diff'],
  );
});

/** What a job with a token must not do: run what others wrote, or what a pull request may have changed. */
function foreignCode({ id, text }: Job): string[] {
  const actions = [...text.matchAll(/uses: ([\w.-]+)\/([\w.-]+)[^@\s]*@/g)].filter(
    ([, owner = '']) => !['actions', 'aws-actions'].includes(owner),
  );
  const commands = [...text.matchAll(/\b(?:npm|npx|docker|pip|go) .*/g)].map(([command]) => command);
  // The command line of the CDK, by the lock file of the branch that a pull request is for.
  const allowed = id === 'diff diff' && text.includes('ref: ${{ github.event.pull_request.base.sha }}');
  return [
    ...actions.map(([action]) => action),
    ...commands.filter((command) => !(allowed && command === 'npm ci --prefix infra')),
  ];
}

test('jobs with tokens run no code of others, beyond the actions of GitHub and of AWS (security 7)', () => {
  for (const job of withTokens) assert.deepEqual(foreignCode(job), [], job.id);
  for (const line of ['- run: npm ci', '- uses: aquasecurity/trivy-action@abc', '- run: npx cdk deploy'])
    assert.equal(foreignCode({ id: 'deploy staging', text: line }).length, 1, line);
});

test('the release is built without rights, scanned and signed as what was built, and then deployed stage by stage', () => {
  const chain = ['check', 'build', '[build, scan]', 'publish', 'staging'];
  const needs = [...read('.github/workflows/deploy.yml').matchAll(/^ {4}needs: (.*)$/gm)].map(
    ([, job]) => job,
  );
  assert.deepEqual(needs, ['check', 'build', ...chain.slice(2)]);
  assert.match(textOf('deploy build'), /permissions:\n {6}contents: read\n {4}steps/);
  assert.match(textOf('deploy scan'), /permissions: \{\}/);
  assert.match(textOf('deploy scan'), /input: images\/\$\{\{ matrix\.service \}\}[^]*exit-code: 1/);
  for (const stage of ['staging', 'production']) {
    const job = textOf(`deploy ${stage}`);
    assert.match(job, new RegExp(`environment: ${stage}\n`));
    assert.ok(job.includes(`stage: ${stage}\n`));
  }
});

test('a stage takes only what this workflow signed on main, of this commit, before it gets a role', () => {
  const action = read(ACTION);
  const order = ['gh attestation verify release.tar.gz', 'role-to-assume', 'node release/deploy.mjs'];
  const places = order.map((text) => action.indexOf(text));
  assert.ok(!places.includes(-1));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  for (const option of ['--signer-workflow', '--source-ref refs/heads/main', '--source-digest "$GITHUB_SHA"'])
    assert.ok(action.includes(option), option);
});

test('no token outlives a job: the only secret is that of the client of the smoke test (F19)', () => {
  const secrets = workflows.flatMap((file) => read(file).match(/secrets\.\w+/g) ?? []);
  assert.deepEqual([...new Set(secrets)], ['secrets.SMOKE_CLIENT_SECRET']);
});

const registry = '111122223333.dkr.ecr.us-east-1.amazonaws.com/tandem';
const digestOf = (letter: string) => letter.repeat(64);
/** A registry that is a directory: a file for each digest. */
const FAKE_AWS = `#!/bin/sh
case "$2" in
get-login-password) echo password ;;
describe-images) test -e "$STORED/\${6#imageDigest=sha256:}" && echo '{}' ;;
esac`;
const FAKE_SKOPEO = `#!/bin/sh
case "$1" in
login) grep -qx password && echo "login $5" >> "$LOG" ;;
copy) echo "$*" >> "$LOG"; touch "$STORED/$PUSHED" ;;
esac`;

/** Runs the shell of the job that publishes, where the registry has the images whose digests are given. */
async function publish(stored: readonly string[], images: Readonly<Record<string, string>>, pushed: string) {
  const job = textOf('deploy publish');
  const [, block = ''] = /Publish each image by its digest\n[^]*?run: \|\n((?: {10}.*\n)+)/.exec(job) ?? [];
  await using folder = await temporaryFolder();
  const path = (...names: string[]) => join(folder.path, ...names);
  await mkdir(path('bin'));
  await mkdir(path('stored'));
  await mkdir(path('release'));
  for (const digest of stored) await writeFile(path('stored', digest), '');
  await writeFile(path('images.json'), JSON.stringify(images));
  await outputOf('tar', ['-czf', path('release/release.tar.gz'), '-C', folder.path, './images.json']);
  for (const [name, text] of [
    ['aws', FAKE_AWS],
    ['skopeo', FAKE_SKOPEO],
  ] as const) {
    await writeFile(path('bin', name), text);
    await chmod(path('bin', name), 0o755);
  }
  await writeFile(path('log'), '');
  const { code, output } = await run(
    'bash',
    ['-e', '-o', 'pipefail', '-c', block.replaceAll(/^ {10}/gm, '')],
    {
      cwd: folder.path,
      env: {
        PATH: `${path('bin')}${delimiter}${process.env['PATH']}`,
        REGISTRY: registry,
        GITHUB_SHA: 'c0ffee',
        STORED: path('stored'),
        LOG: path('log'),
        PUSHED: pushed,
      },
    },
  );
  const log = (await readFile(path('log'), 'utf8')).trim().split('\n');
  const checksums = await readFile(path('checksums.txt'), 'utf8').catch(() => '');
  return { code, output, log, checksums };
}

const image = (service: string, letter: string) => `${registry}/${service}@sha256:${digestOf(letter)}`;
const hasJq = (await run('jq', ['--version']).catch(() => undefined))?.code === 0;
const skip = !hasJq && 'needs jq';

test('an image is published unless its digest is there, and all digests are signed', { skip }, async () => {
  const images = { product: image('product', 'a'), cart: image('cart', 'b') };
  const { code, log, checksums, output } = await publish([digestOf('a')], images, digestOf('b'));
  assert.equal(code, 0, output);
  assert.deepEqual(log, [
    `login ${registry.replace(/\/.*/, '')}`,
    `copy --preserve-digests oci:images/cart docker://${registry}/cart:c0ffee`,
  ]);
  const [product, cart, release, ...others] = checksums.trim().split('\n');
  assert.deepEqual(
    [product, cart, others],
    [`${digestOf('a')}  ${registry}/product`, `${digestOf('b')}  ${registry}/cart`, []],
  );
  assert.match(release ?? '', /^[0-9a-f]{64} {2}release\.tar\.gz$/);
});

test(
  'nothing is signed if what was pushed has another digest, or is for another registry',
  { skip },
  async () => {
    const other = await publish([], { cart: image('cart', 'b') }, digestOf('c'));
    const elsewhere = await publish([], { cart: image('cart', 'b').replace('1111', '9999') }, digestOf('b'));
    assert.deepEqual([other.code === 0, elsewhere.code === 0, elsewhere.log.length], [false, false, 1]);
  },
);
