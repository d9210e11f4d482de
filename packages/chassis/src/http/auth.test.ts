import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JSONWebKeySet } from 'jose';
import { DomainError } from '../errors.ts';
import { createAuthenticator } from './auth.ts';

const issuer = 'https://issuer.test';
const audience = 'tandem';
const keys = {
  rs: await generateKeyPair('RS256'),
  es: await generateKeyPair('ES256'),
  ed: await generateKeyPair('EdDSA'),
};
const foreignKey = await generateKeyPair('ES256');
const jwks: JSONWebKeySet = {
  keys: [
    { ...(await exportJWK(keys.rs.publicKey)), kid: 'rs', alg: 'RS256' },
    { ...(await exportJWK(keys.es.publicKey)), kid: 'es', alg: 'ES256' },
    { ...(await exportJWK(keys.ed.publicKey)), kid: 'ed', alg: 'EdDSA' },
  ],
};

interface Claims {
  iss?: string;
  aud?: string;
  sub?: string;
  exp?: number;
  nbf?: number;
  scope?: unknown;
}

const nowSeconds = () => Math.floor(Date.now() / 1000);
const claims = (changes: Claims = {}): Record<string, unknown> => ({
  iss: issuer,
  aud: audience,
  sub: 'user-123',
  exp: nowSeconds() + 60,
  scope: 'products:write carts:read',
  ...changes,
});

function sign(
  payload: Record<string, unknown>,
  kid = 'es',
  key: CryptoKey = keys.es.privateKey,
  alg = 'ES256',
) {
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);
}

function isDomainError(kind: string) {
  return (error: unknown) => error instanceof DomainError && error.kind === kind;
}

test('the subject and scopes of a token of each algorithm are read', async () => {
  const { authenticate } = createAuthenticator({ issuer, audience, jwks });
  for (const [kid, alg, { privateKey }] of [
    ['rs', 'RS256', keys.rs],
    ['es', 'ES256', keys.es],
    ['ed', 'EdDSA', keys.ed],
  ] as const) {
    const identity = await authenticate(`Bearer ${await sign(claims(), kid, privateKey, alg)}`);
    assert.deepEqual(identity, { subject: 'user-123', scopes: new Set(['products:write', 'carts:read']) });
  }
});

test('the JWKS URL may be a data URL, for tasks that cannot reach the issuer', async () => {
  const url = new URL(`data:application/json,${encodeURIComponent(JSON.stringify(jwks))}`);
  const { authenticate } = createAuthenticator({ issuer, audience, jwks: url });
  assert.equal((await authenticate(`Bearer ${await sign(claims())}`))?.subject, 'user-123');
  await assert.rejects(
    authenticate(`Bearer ${await sign(claims(), 'es', foreignKey.privateKey)}`),
    isDomainError('unauthenticated'),
  );
});

test('without a header there is no identity, and without a scope claim there are no scopes', async () => {
  const { authenticate } = createAuthenticator({ issuer, audience, jwks });
  assert.equal(await authenticate(undefined), undefined);
  const identity = await authenticate(`bearer  ${await sign(claims({ scope: 42 }))}`);
  assert.equal(identity?.scopes.size, 0);
});

const good = await sign(claims());
const [header = '', payload = '', signature = ''] = good.split('.');
const invalidHeaders: Record<string, string> = {
  'an empty header': '',
  'another scheme': 'Basic dXNlcjpwYXNz',
  'no token': 'Bearer ',
  'two tokens': `Bearer ${good} ${good}`,
  garbage: 'Bearer garbage',
  'garbage in three parts': 'Bearer a.b.c',
  'a changed payload': `Bearer ${header}.${Buffer.from(JSON.stringify(claims({ sub: 'admin' }))).toString('base64url')}.${signature}`,
  'a missing signature': `Bearer ${header}.${payload}.`,
  'a foreign key': `Bearer ${await sign(claims(), 'es', foreignKey.privateKey)}`,
  'an unknown key id': `Bearer ${await sign(claims(), 'other', foreignKey.privateKey)}`,
  'alg none': `Bearer ${new UnsecuredJWT(claims()).encode()}`,
  'a symmetric algorithm': `Bearer ${await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'es' }).sign(Buffer.from(JSON.stringify(jwks.keys[1])))}`,
  'an algorithm that is not accepted': `Bearer ${await sign(claims(), 'rs', (await generateKeyPair('PS256')).privateKey, 'PS256')}`,
  'another issuer': `Bearer ${await sign(claims({ iss: 'https://else.test' }))}`,
  'another audience': `Bearer ${await sign(claims({ aud: 'else' }))}`,
  'an expired token': `Bearer ${await sign(claims({ exp: nowSeconds() - 60 }))}`,
  'a token from the future': `Bearer ${await sign(claims({ nbf: nowSeconds() + 60 }))}`,
  'no expiry': `Bearer ${await sign({ ...claims(), exp: undefined })}`,
  'no subject': `Bearer ${await sign({ ...claims(), sub: undefined })}`,
  'an empty subject': `Bearer ${await sign(claims({ sub: '' }))}`,
};

for (const [name, authorization] of Object.entries(invalidHeaders)) {
  test(`${name} is unauthenticated each time`, async () => {
    const { authenticate } = createAuthenticator({ issuer, audience, jwks });
    await assert.rejects(authenticate(authorization), isDomainError('unauthenticated'));
    await assert.rejects(authenticate(authorization), isDomainError('unauthenticated'));
  });
}

test('a token with an algorithm that is not configured is unauthenticated', async () => {
  const { authenticate } = createAuthenticator({ issuer, audience, jwks, algorithms: ['EdDSA'] });
  await assert.rejects(authenticate(`Bearer ${good}`), isDomainError('unauthenticated'));
});

test('an expired token is accepted within the clock tolerance', async () => {
  const token = `Bearer ${await sign(claims({ exp: nowSeconds() - 3 }))}`;
  assert.ok(await createAuthenticator({ issuer, audience, jwks }).authenticate(token));
  const strict = createAuthenticator({ issuer, audience, jwks, clockToleranceSeconds: 0 });
  await assert.rejects(strict.authenticate(token), isDomainError('unauthenticated'));
});

test('a verified token is cached until it expires; beyond 1000 tokens the least recently used is evicted', async () => {
  const verifying = mock.method(crypto.subtle, 'verify');
  const { authenticate } = createAuthenticator({ issuer, audience, jwks });
  const tokens: string[] = [];
  for (let i = 0; i <= 1000; i++) tokens.push(`Bearer ${await sign(claims({ sub: `user-${i}` }))}`);
  const [first = '', second = ''] = tokens;
  try {
    for (const token of tokens.slice(0, 1000)) await authenticate(token);
    assert.equal(verifying.mock.callCount(), 1000);
    assert.equal((await authenticate(first))?.subject, 'user-0');
    assert.equal(verifying.mock.callCount(), 1000);
    await authenticate(tokens[1000]);
    await authenticate(first);
    assert.equal(verifying.mock.callCount(), 1001);
    await authenticate(second);
    assert.equal(verifying.mock.callCount(), 1002);

    mock.timers.enable({ apis: ['Date'], now: Date.now() + 66_000 });
    await assert.rejects(authenticate(first), isDomainError('unauthenticated'));
  } finally {
    mock.timers.reset();
    verifying.mock.restore();
  }
});
