import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIgnore, execForm, parseDockerfile, substitute } from './dockerfile.ts';

const ROOT = join(import.meta.dirname, '../..');
const dockerfile = parseDockerfile(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
const textOf = (name: string) => dockerfile.filter((it) => it.name === name).map(({ text }) => text);

test('instructions have flags and text, over several lines; comments are none', () => {
  const text = ['# a comment', 'FROM --platform=x  a AS b', 'RUN one \\', '  two', '', 'CMD ["node"]'].join(
    '\n',
  );
  assert.deepEqual(parseDockerfile(text), [
    { name: 'FROM', flags: { platform: 'x' }, text: 'a AS b' },
    { name: 'RUN', flags: {}, text: 'one    two' },
    { name: 'CMD', flags: {}, text: '["node"]' },
  ]);
});

test('what is not known is refused, and not passed over', () => {
  for (const line of ['ADD a b', 'ONBUILD RUN x', 'VOLUME /data', 'ENTRYPOINT ["node"]'])
    assert.throws(() => parseDockerfile(`FROM a\n${line}`), /not known/);
  assert.throws(() => substitute('${NAME:-default}', {}), /not known/);
  assert.throws(() => execForm('node main.mjs'), /exec form/);
});

test('of the patterns of .dockerignore the last one that matches decides, for what is below as well', () => {
  const isIgnored = createIgnore('*\n!a\n!b/c.ts\na/private\n**/*.test.ts\n');
  const paths = ['a/x.ts', 'a/private/y.ts', 'a/deep/x.test.ts', 'b/c.ts', 'b/d.ts', '.env', 'ab'];
  assert.deepEqual(paths.filter(isIgnored), ['a/private/y.ts', 'a/deep/x.test.ts', 'b/d.ts', '.env', 'ab']);
});

test('the context is manifests and the sources of what ships', async () => {
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

test('the image needs no shell, names no registry and no Node.js that is not pinned, and is not root', () => {
  const [base = ''] = textOf('ARG');
  assert.match(base, /^NODE_IMAGE=node:\d+\.\d+\.\d+-slim$/);
  assert.ok(textOf('FROM').every((text) => text.startsWith('${NODE_IMAGE}')));
  for (const text of [...textOf('CMD'), ...textOf('HEALTHCHECK').map((text) => text.replace('CMD ', ''))])
    assert.equal(execForm(text)[0], 'node');
  assert.match(textOf('USER').at(-1) ?? '', /^[1-9]\d*$/);
});
