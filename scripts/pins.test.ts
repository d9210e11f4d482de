import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const exclude = ['**/node_modules', '.cache', '**/cdk.out'];
const dockerfiles = globSync(['**/*Dockerfile', '**/.devcontainer/Dockerfile'], { cwd: root, exclude });

/** A tag with a version, and the digest of what it named when it was pinned. */
const PINNED = /^[\w./-]+:v?\d+\.\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}$/;

/** Images that a Dockerfile begins with, and that may be another one tomorrow. */
function unpinned(dockerfile: string): readonly string[] {
  const args = new Map(
    [...dockerfile.matchAll(/^ARG (\w+)=(\S+)$/gim)].map(([, name, value]) => [name, value]),
  );
  const stages = new Set([...dockerfile.matchAll(/^FROM .* AS (\S+)$/gim)].map(([, name]) => name));
  const bases = [...dockerfile.matchAll(/^FROM (?:--\S+ )*(\S+)/gim)].map(([, base = '']) => base);
  const copied = [...dockerfile.matchAll(/--from=(\S+)/gi)].map(([, base = '']) => base);
  return [...bases, ...copied]
    .map((base) => base.replace(/^\$\{?(\w+)\}?$/, (whole, name: string) => args.get(name) ?? whole))
    .filter((base) => base !== 'scratch' && !stages.has(base) && !PINNED.test(base));
}

test('each base image is pinned by its digest, and kept up to date by Dependabot (security 17)', () => {
  assert.ok(dockerfiles.includes('Dockerfile') && dockerfiles.includes('.devcontainer/Dockerfile'));
  const known = /ecosystem: docker\n\s+directories: \[([^\]]*)\]/.exec(read('.github/dependabot.yml'))?.[1];
  for (const file of dockerfiles) {
    assert.deepEqual(unpinned(read(file)), [], file);
    const folder = dirname(file) === '.' ? '/' : `/${dirname(file)}`;
    const isPinned = /^(?:ARG|FROM) .*@sha256:/m.test(read(file));
    assert.equal(known?.split(', ').includes(folder), isPinned, file);
  }
});

test('a base image that is not pinned is found', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  for (const base of [
    'node',
    'node:24',
    'node:24.21.0-slim',
    `node@${digest}`,
    `node:latest@${digest}`,
    '$OTHER',
  ])
    assert.deepEqual(unpinned(`FROM ${base}\n`), [base]);
  assert.deepEqual(unpinned('ARG I=node:24\nFROM --platform=$P ${I} AS build\n'), ['node:24']);
  assert.deepEqual(unpinned('FROM scratch\nCOPY --from=other:1 / /\n'), ['other:1']);
  const fine = `ARG I=node:24.21.0-slim@${digest}\nFROM \${I} AS build\nFROM \${I}\nCOPY --from=build /x /\n`;
  assert.deepEqual(unpinned(fine), []);
});

test('each package of Python is pinned with its hashes (security 17)', () => {
  const files = globSync('scripts/*/requirements.txt', { cwd: root });
  assert.ok(files.length >= 3);
  for (const file of files) {
    const packages = read(file)
      .replaceAll(/\\\n/g, '')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    const loose = packages.filter(
      (line) => !/^[\w.-]+==[\w.]+(?: ; .*?)? +--hash=sha256:[0-9a-f]{64}/.test(line),
    );
    assert.deepEqual(loose, [], file);
    const direct = read(file.replace('.txt', '.in')).trim().split('\n');
    for (const line of direct)
      assert.ok(
        packages.some((pinned) => pinned.startsWith(`${line} `)),
        line,
      );
  }
});
