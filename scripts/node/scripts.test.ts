import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifest = (file: string) => JSON.parse(read(file)) as Manifest;
const exclude = ['**/node_modules', '.cache/**'];

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optional?: boolean; readonly engines?: { node?: string } }>
  >;
}

test('every npm script begins with the starter (security 7)', () => {
  const scripts = Object.entries(manifest('package.json').scripts ?? {});
  assert.ok(scripts.length > 20);
  const others = scripts.filter(([, script]) => !/^(?:(?:exec )?node scripts\/node |cdk )/.test(script));
  assert.deepEqual(others, []);
});

test('every command of a workspace is JavaScript that begins with the starter, or needs nothing of Node.js 24', () => {
  const files = globSync('{packages,services,apps,tools}/*/package.json', { cwd: root });
  const commands = files.flatMap((file) =>
    Object.values(manifest(file).bin ?? {}).map((command) => join(dirname(file), command)),
  );
  assert.deepEqual(commands.toSorted(), ['apps/local/bin/exec.js', 'tools/cdk/bin/cdk.js']);
  assert.match(read('tools/cdk/bin/cdk.js'), /^await start\(/m);
});

test('npm runs no install script, wherever there is a lock file (security 7)', () => {
  const locks = globSync('**/package-lock.json', { cwd: root, exclude });
  assert.deepEqual(locks.toSorted(), [
    'infra/package-lock.json',
    'infra/src/testing/privileges/package-lock.json',
    'package-lock.json',
    'scripts/sbom/package-lock.json',
  ]);
  for (const lock of locks) {
    const file = join(dirname(lock), '.npmrc');
    assert.ok(existsSync(join(root, file)) && /^ignore-scripts=true$/m.test(read(file)), file);
  }
  const hooks = /^(?:pre|post)?(?:install|prepare|prepublish)$/;
  assert.deepEqual(
    Object.keys(manifest('package.json').scripts ?? {}).filter((name) => hooks.test(name)),
    [],
  );
});

test("npm installs none of the Node.js binaries where the machine's is new enough (security 7, 8)", () => {
  const { engines, optionalDependencies } = manifest('scripts/node/package.json');
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  assert.equal(engines.node, `<${/OLDEST = (\d+)/.exec(read('scripts/node/start.js'))?.[1]}`);
  assert.deepEqual([packages['scripts/node']?.optional, packages['scripts/node']?.engines], [true, engines]);
  const binaries = Object.keys(packages).filter((path) =>
    /(?:^|\/)node(?:-bin)?-(?:linux|darwin|win)-/.test(path),
  );
  const known = Object.keys(optionalDependencies).map((name) => `node_modules/${name}`);
  assert.deepEqual(binaries.toSorted(), known.toSorted());
});

test('each Node.js binary is of a version that gets security fixes, and new enough (security 8)', () => {
  const versions = Object.entries(manifest('scripts/node/package.json').optionalDependencies);
  // The newest ones that a platform has are of different lines; what each contains is compared by test:node.
  for (const [name, version] of versions) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    assert.ok((major === 24 && minor >= 21) || (major === 26 && minor >= 10), `${name}@${version}`);
  }
});
