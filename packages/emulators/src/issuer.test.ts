import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { DomainError } from '@tandem/chassis/errors';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { createIssuer, LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from './issuer.ts';

const run = promisify(execFile);
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuer-'));
});
after(() => rm(folder, { recursive: true }));

test('a minted token verifies with the published keys, and has subject, scopes and lifetime', async () => {
  const issuer = createIssuer(join(folder, 'claims', 'issuer.json'));
  const token = await issuer.mint({ subject: 'ada', scopes: ['products:write', 'x'], lifetimeSeconds: 60 });
  const keys = createLocalJWKSet(await issuer.keySet());
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: LOCAL_ISSUER,
    audience: LOCAL_AUDIENCE,
  });
  assert.equal(payload.sub, 'ada');
  assert.equal(payload['scope'], 'products:write x');
  assert.equal(Number(payload.exp) - Number(payload.iat), 60);
  assert.match(String(payload.jti), /^[0-9a-f-]{36}$/);
  assert.equal(protectedHeader.alg, 'ES256');
});

test('without scopes there is no scope claim, and the lifetime is an hour', async () => {
  const issuer = createIssuer(join(folder, 'plain', 'issuer.json'));
  const token = await issuer.mint({ subject: 'ada', scopes: [] });
  const { payload } = await jwtVerify(token, createLocalJWKSet(await issuer.keySet()));
  assert.equal('scope' in payload, false);
  assert.equal(Number(payload.exp) - Number(payload.iat), 3600);
});

test('the key set has no private key, and the file is readable by its owner only (security 17)', async () => {
  const file = join(folder, 'secret', 'issuer.json');
  const { keys } = await createIssuer(file).keySet();
  assert.equal(keys.length, 1);
  assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  if (process.platform === 'win32') return;
  const modes = async () => [(await stat(dirname(file))).mode & 0o777, (await stat(file)).mode & 0o777];
  assert.deepEqual(await modes(), [0o700, 0o600]);
  await chmod(dirname(file), 0o755);
  await chmod(file, 0o644);
  await createIssuer(file).keySet();
  assert.deepEqual(await modes(), [0o700, 0o600], 'a copy with other permissions is corrected');
});

test('concurrent issuers on an empty folder agree on one key and one file', async () => {
  const file = join(folder, 'race', 'issuer.json');
  const sets = await Promise.all(Array.from({ length: 16 }, () => createIssuer(file).keySet()));
  assert.equal(new Set(sets.map(({ keys }) => keys[0]?.kid)).size, 1);
  assert.deepEqual(await readdir(join(folder, 'race')), ['issuer.json']);
  assert.deepEqual(await createIssuer(file).keySet(), sets[0]);
});

for (const [name, damage] of [
  ['empty', () => ''],
  ['cut off', (text: string) => text.slice(0, 40)],
  ['no private key', (text: string) => JSON.stringify({ ...JSON.parse(text), d: undefined })],
  ['another key’s half', (text: string) => JSON.stringify({ ...JSON.parse(text), d: 'A'.repeat(42) + 'E' })],
] as const) {
  test(`a damaged file (${name}) is rejected with the advice to delete it`, async () => {
    const file = join(folder, name, 'issuer.json');
    await createIssuer(file).keySet();
    await writeFile(file, damage(await readFile(file, 'utf8')));
    await assert.rejects(
      createIssuer(file).mint({ subject: 'ada', scopes: [] }),
      (error) =>
        error instanceof DomainError && error.message.includes(`${file} is damaged: delete the file`),
    );
  });
}

const script = join(import.meta.dirname, '../../../apps/local/src/token.ts');
const token = (...args: string[]) => run(process.execPath, [script, ...args]);

test('npm run token prints a token of this checkout and nothing else', async () => {
  const { stdout, stderr } = await token('--sub', 'ada', '--scope', ' products:write  x ');
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  assert.equal(stderr, '');
  const { payload } = await jwtVerify(stdout.trim(), createLocalJWKSet(await localKeySet()));
  assert.equal(payload.sub, 'ada');
  assert.equal(payload['scope'], 'products:write x');
});

test('npm run token defaults to the user demo, shows help and rejects unknown options', async () => {
  const { payload } = await jwtVerify((await token()).stdout.trim(), createLocalJWKSet(await localKeySet()));
  assert.equal(payload.sub, 'demo');
  assert.match((await token('--help')).stdout, /npm run -s token/);
  for (const args of [['--user', 'ada'], ['ada'], ['--sub='], ['--sub']]) {
    await assert.rejects(token(...args), { code: 2, stdout: '', stderr: /^[^\n]+\n$/ });
  }
});
