import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIgnore, execForm, parseDockerfile, substitute } from './dockerfile.ts';

const ROOT = join(import.meta.dirname, '../..');
const dockerfile = parseDockerfile(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
const textOf = (name: string) => dockerfile.filter((it) => it.name === name).map(({ text }) => text);

test('instructions are parsed with flags and continuation lines; comments are ignored', () => {
  const text = ['# a comment', 'FROM --platform=x  a AS b', 'RUN one \\', '  two', '', 'CMD ["node"]'].join(
    '\n',
  );
  assert.deepEqual(parseDockerfile(text), [
    { name: 'FROM', flags: { platform: 'x' }, text: 'a AS b' },
    { name: 'RUN', flags: {}, text: 'one    two' },
    { name: 'CMD', flags: {}, text: '["node"]' },
  ]);
});

test('unsupported instructions and forms are rejected', () => {
  for (const line of ['ADD a b', 'ONBUILD RUN x', 'VOLUME /data', 'ENTRYPOINT ["node"]'])
    assert.throws(() => parseDockerfile(`FROM a\n${line}`), /Unsupported/);
  assert.throws(() => substitute('${NAME:-default}', {}), /Unsupported/);
  assert.throws(() => execForm('node main.mjs'), /exec form/);
});

test('the last matching pattern of .dockerignore decides, also for paths below it', () => {
  const isIgnored = createIgnore('*\n!a\n!b/c.ts\na/private\n**/*.test.ts\n');
  const paths = ['a/x.ts', 'a/private/y.ts', 'a/deep/x.test.ts', 'b/c.ts', 'b/d.ts', '.env', 'ab'];
  assert.deepEqual(paths.filter(isIgnored), ['a/private/y.ts', 'a/deep/x.test.ts', 'b/d.ts', '.env', 'ab']);
});

test('the build context contains only manifests and the sources of the services', async () => {
  const isIgnored = createIgnore(await readFile(join(ROOT, '.dockerignore'), 'utf8'));
  const inside = [
    'package-lock.json',
    'packages/chassis/src/emf.ts',
    'services/cart/package.json',
    'tools/bundle/src/main.ts',
  ];
  const outside = [
    '.git/config',
    '.local/key.json',
    '.data/carts.db',
    'node_modules/zod/index.js',
    'packages/chassis/src/emf.test.ts',
    'packages/emulators/src/issuer.ts',
    'tools/dlq/src/main.ts',
    'packages/chassis/node_modules/a.js',
    'infra/package.json',
    'scripts/test-fuzz.ts',
  ];
  assert.deepEqual([...inside, ...outside].filter(isIgnored), outside);
});

test('the image needs no shell, pins the version of Node.js, and does not run as root', () => {
  const [base = ''] = textOf('ARG');
  assert.match(base, /^NODE_IMAGE=node:\d+\.\d+\.\d+-slim$/);
  assert.ok(textOf('FROM').every((text) => text.startsWith('${NODE_IMAGE}')));
  for (const text of [...textOf('CMD'), ...textOf('HEALTHCHECK').map((text) => text.replace('CMD ', ''))])
    assert.equal(execForm(text)[0], 'node');
  assert.match(textOf('USER').at(-1) ?? '', /^[1-9]\d*$/);
});
