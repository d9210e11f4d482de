import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { JWK, JWTHeaderParameters } from 'jose';
import { createAuthenticator } from './auth.ts';

const pairs = {
  one: await generateKeyPair('RS256'),
  two: await generateKeyPair('RS256'),
  ed: await generateKeyPair('Ed25519'),
  ec: await generateKeyPair('ES256'),
};
type Name = keyof typeof pairs;
const jwk = async (name: Name, members: JWK = {}) => ({
  ...(await exportJWK(pairs[name].publicKey)),
  ...members,
});

async function accepts(keys: JWK[], by: Name, header: JWTHeaderParameters, algorithms?: string[]) {
  const token = await new SignJWT({ iss: 'i', aud: 'a', sub: 'user' })
    .setProtectedHeader(header)
    .setExpirationTime('1m')
    .sign(pairs[by].privateKey);
  const options = { issuer: 'i', audience: 'a', jwks: { keys }, ...(algorithms ? { algorithms } : {}) };
  const { authenticate } = createAuthenticator(options);
  return authenticate(`Bearer ${token}`).then(
    (identity) => identity?.subject === 'user',
    () => false,
  );
}

test('two keys without kid: each of them fits a token without kid (interop A14)', async () => {
  const keys = [await jwk('one'), await jwk('two')];
  assert.ok(await accepts(keys, 'one', { alg: 'RS256' }));
  assert.ok(await accepts(keys, 'two', { alg: 'RS256' }));
  assert.ok(await accepts(keys, 'two', { alg: 'RS256', kid: 'unknown' }), 'a kid that no key has');
  assert.ok(!(await accepts([await jwk('one')], 'two', { alg: 'RS256' })));
  assert.ok(!(await accepts(keys, 'ec', { alg: 'ES256' })));
});

test('keys with kid: a token without kid fits each, a token with another kid none', async () => {
  const keys = [await jwk('one', { kid: '1' }), await jwk('two', { kid: '2' })];
  assert.ok(await accepts(keys, 'two', { alg: 'RS256' }));
  assert.ok(!(await accepts(keys, 'two', { alg: 'RS256', kid: '1' })));
  assert.ok(!(await accepts(keys, 'two', { alg: 'RS256', kid: '3' })));
});

test('the same key twice, and a kid of two keys (interop A14)', async () => {
  const [one, two] = [await jwk('one', { kid: '1' }), await jwk('two', { kid: '1' })];
  assert.ok(await accepts([one, one], 'one', { alg: 'RS256', kid: '1' }));
  assert.ok(await accepts([one, { ...one, alg: 'RS256', use: 'sig' }], 'one', { alg: 'RS256', kid: '1' }));
  assert.ok(await accepts([one, two], 'two', { alg: 'RS256', kid: '1' }));
});

test('Ed25519 is accepted wherever EdDSA is, by key, header and setting (interop A14)', async () => {
  for (const alg of ['EdDSA', 'Ed25519'])
    for (const keyAlg of [{}, { alg: 'EdDSA' }, { alg: 'Ed25519' }])
      assert.ok(await accepts([await jwk('ed', { kid: 'e', ...keyAlg })], 'ed', { alg, kid: 'e' }));
  const keys = [await jwk('ed')];
  assert.ok(!(await accepts(keys, 'ed', { alg: 'Ed25519' }, ['RS256'])));
  assert.ok(!(await accepts([await jwk('ed', { alg: 'ES256' })], 'ed', { alg: 'EdDSA' })));
});

test('a damaged, secret or encryption key does not affect the others', async () => {
  const good = await jwk('one');
  const others: JWK[] = [
    { kty: 'RSA', n: '!', e: 'AQAB' },
    { kty: 'RSA' },
    { kty: 'oct', k: 'c2VjcmV0' },
    { kty: 'EC', crv: 'P-256' },
    { kty: 'unknown' },
    await jwk('two', { use: 'enc' }),
  ];
  assert.ok(await accepts([...others, good], 'one', { alg: 'RS256' }));
  assert.ok(!(await accepts([...others, good], 'two', { alg: 'RS256' })));
  for (const key of others) assert.ok(!(await accepts([key], 'one', { alg: 'RS256' })));
});
