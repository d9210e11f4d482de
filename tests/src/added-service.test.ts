/** The service of `docs/add-a-service.md`, added to a copy of the repository as that page says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { areInstalled, INFRA } from '@tandem/cdk/packages';
import { client } from './support/http.ts';
import { spawnSystem, temporaryFolder } from './support/process.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAME = 'notifications';
const run = promisify(execFile);
const bin = (tool: string) => join(ROOT, 'node_modules/.bin', tool);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let copy: string;

before(async () => {
  folder = await temporaryFolder();
  copy = join(folder.path, 'tandem');
  await copySources();
  await addService();
});
after(() => folder[Symbol.asyncDispose]());

/** Copies the sources; of the packages it links those that npm installed, and the copy's own. */
async function copySources(): Promise<void> {
  const left = new Set(['node_modules', '.git', '.cache', '.data', '.local', 'cdk.out']);
  await cp(ROOT, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  const installed = join(ROOT, 'node_modules');
  await mkdir(join(copy, 'node_modules/@tandem'), { recursive: true });
  for (const name of await readdir(installed))
    if (name !== '@tandem') await symlink(join(installed, name), join(copy, 'node_modules', name));
  for (const name of await readdir(join(installed, '@tandem')))
    await symlink(await readlink(join(installed, '@tandem', name)), join(copy, 'node_modules/@tandem', name));
  if (areInstalled(INFRA))
    await symlink(join(ROOT, INFRA, 'node_modules'), join(copy, INFRA, 'node_modules'));
}

/** Follows the page: an entry of the topology, a directory, the link that `npm install` makes, and `npm run docs`. */
async function addService(): Promise<void> {
  const page = await readFile(join(ROOT, 'docs/add-a-service.md'), 'utf8');
  const snippets = [...page.matchAll(/^ {3}```ts\n {3}\/\/ (\S+)\n([^]*?)^ {3}```/gm)].map(
    ([, path = '', text = '']) => ({ path, text: text.replaceAll(/^ {3}/gm, '') }),
  );
  const [entry, ...sources] = snippets;
  assert.equal(entry?.path, 'packages/contracts/src/topology.ts');
  const topology = await readFile(join(copy, entry.path), 'utf8');
  await writeFile(
    join(copy, entry.path),
    topology.replace('\n} as const;\n', `\n${entry.text}} as const;\n`),
  );

  const sourcesOf = (name: string) => join(copy, 'services', name);
  await mkdir(join(sourcesOf(NAME), 'src'), { recursive: true });
  for (const { path, text } of sources) await writeFile(join(copy, path), text);
  await cp(join(sourcesOf('cart'), 'src/main.ts'), join(sourcesOf(NAME), 'src/main.ts'));
  const manifest = await readFile(join(sourcesOf('cart'), 'package.json'), 'utf8');
  await writeFile(join(sourcesOf(NAME), 'package.json'), manifest.replace('@tandem/cart', `@tandem/${NAME}`));
  await symlink(`../../services/${NAME}`, join(copy, 'node_modules/@tandem', NAME));
  await run(process.execPath, [join(copy, 'scripts/generate-docs.ts')], { cwd: copy });
}

test('nothing else has to change for the types', { timeout: 300_000 }, async () => {
  await run(bin('tsc'), [], { cwd: copy });
  await run(bin('tsc'), ['-p', 'apps/console'], { cwd: copy });
  if (areInstalled(INFRA)) await run(bin('tsc'), ['-p', INFRA], { cwd: copy });
});

test('the code of the page passes the linter', { timeout: 120_000 }, async () => {
  await run(bin('oxlint'), ['--type-aware', '--deny-warnings', join(copy, 'services', NAME)], { cwd: copy });
});

test('the linter keeps services apart', async () => {
  const planted = join(copy, 'services', NAME, 'src/planted.ts');
  await writeFile(planted, "export { service } from '@tandem/cart/service';\n");
  const { stdout, code } = await run(bin('oxlint'), ['--deny-warnings', planted], { cwd: copy }).then(
    () => ({ stdout: '', code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  await writeFile(planted, '');
  assert.notEqual(code, 0);
  assert.match(stdout, /services know each other by events alone/);
});

test(
  'it consumes events beside the others, and its dead letters are listed',
  { timeout: 120_000 },
  async () => {
    await using system = await spawnSystem({ LOG_LEVEL: 'info', HOLD_SECONDS: '1' }, [], {
      script: join(copy, 'apps/local/src/main.ts'),
    });
    const { gateway } = system.urls;
    const health = (await (await fetch(`${gateway}/health`)).json()) as { services: Record<string, boolean> };
    assert.equal(health.services[NAME], true);
    const about = (await (await fetch(`${gateway}/console/about`)).json()) as {
      urls: Record<string, string>;
    };
    assert.ok(about.urls[NAME], 'the console knows it');

    const { fill, openCart } = client(gateway);
    await fill(await openCart(), { 'bell-duo': 1 });
    await until(
      () => system.output(),
      (output) => output.includes('"msg":"hold expired"'),
    );
    const dlq = join(copy, 'tools/dlq/src/main.ts');
    const { stdout } = await run(process.execPath, [dlq, 'list', '--endpoint', system.urls.aws], {
      cwd: copy,
    }).catch((error: { stdout: string }) => error);
    assert.match(stdout, new RegExp(`${NAME}-events-dlq`));
  },
);

const skip = !areInstalled(INFRA) && `needs npm ci --prefix ${INFRA}`;

test('the bill has its lines', { timeout: 120_000, skip }, async () => {
  const services = `services=${JSON.stringify(['product', 'cart', NAME])}`;
  const bill = join(copy, 'tools/bill/src/main.ts');
  const { stdout } = await run(process.execPath, [bill, '--set', services], { cwd: copy });
  assert.match(stdout, new RegExp(NAME, 'i'));
});

test(
  'its stack has its queues, alarms and permissions, and nothing else',
  { timeout: 240_000, skip },
  async () => {
    const suites = ['topology', 'environment', 'observability/alarms'].map((suite) =>
      join(copy, INFRA, `src/${suite}.test.ts`),
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    await run(process.execPath, ['--test', ...suites], { cwd: copy, env });
    const drill = join(copy, 'tests/src/alarms/suite.ts');
    await run(process.execPath, ['--test', '--test-name-pattern=has exactly one fault', drill], {
      cwd: copy,
      env,
    });

    const program = `
      const { stacksOf, synthesizeAll } = await import('./infra/src/testing/synth.ts');
      const stacks = Object.values(stacksOf(synthesizeAll(), '${NAME}'));
      const resources = stacks.flatMap(({ Resources }) => Object.values(Resources));
      console.log(JSON.stringify([...new Set(resources.map(({ Type }) => Type))]));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: copy });
    const types = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[];
    for (const type of [
      'DynamoDB::GlobalTable',
      'SQS::Queue',
      'SNS::Subscription',
      'ECS::Service',
      'IAM::Role',
    ])
      assert.ok(types.includes(`AWS::${type}`), type);
    for (const type of ['Lambda::Function', 'ElasticLoadBalancingV2::TargetGroup'])
      assert.ok(!types.includes(`AWS::${type}`), type);
  },
);
