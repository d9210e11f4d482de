import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'jose';
import type { JWTPayload } from 'jose';
import { readClaims } from './claims.ts';
import { scopesOf } from './scopes.ts';

const NOW = 1_800_000_000;
const rules = {
  audiences: ['tandem', 'api://tandem'],
  maxTokenSeconds: 3600,
  clockToleranceSeconds: 5,
  scopeClaims: ['scope', 'scp'],
  scopes: {},
};
const claims = { aud: 'tandem', sub: 'user', iat: NOW - 60, exp: NOW + 60 };

const read = (changes: Record<string, unknown> = {}, header: { typ?: unknown } = {}) =>
  readClaims(header as { typ?: string }, { ...claims, ...changes }, rules, NOW);
const rejectedBy = (claim: string) => (error: unknown) =>
  error instanceof errors.JWTClaimValidationFailed && error.claim === claim;

for (const typ of [undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])
  test(`a token of type ${typ} is an access token (security 15)`, () => {
    assert.equal(read({}, { typ }).identity.subject, 'user');
  });

const otherTypes = [
  'logout+jwt',
  'secevent+jwt',
  'dpop+jwt',
  'oauth-authz-req+jwt',
  'JOSE',
  'at',
  '',
  7,
  null,
];
for (const typ of otherTypes)
  test(`a token of type ${typ} is rejected (security 15)`, () => {
    assert.throws(() => read({}, { typ }), rejectedBy('typ'));
  });

const otherTokens: [name: string, claim: string, changes: Record<string, unknown>][] = [
  ['an ID token with a nonce', 'nonce', { nonce: 'n-0S6_WzA2Mj' }],
  ['an ID token of the code flow', 'at_hash', { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }],
  ['an ID token of the hybrid flow', 'c_hash', { c_hash: 'LDktKdoQak3Pk0cnXxCltA' }],
  ['an ID token of Cognito', 'token_use', { token_use: 'id' }],
  ['an ID token of Keycloak', 'typ', { typ: 'ID' }],
  ['a refresh token of Keycloak', 'typ', { typ: 'Refresh' }],
  ['a logout token without a type', 'events', { events: {} }],
  ['a token bound to a key', 'cnf', { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
  ['another audience', 'aud', { aud: 'else' }],
  ['an audience that is part of ours', 'aud', { aud: 'tande' }],
  ['other audiences', 'aud', { aud: ['else', 'other'] }],
  ['no audience', 'aud', { aud: undefined }],
  ['an empty list of audiences', 'aud', { aud: [] }],
  ['an audience null with a client', 'aud', { aud: null, token_use: 'access', client_id: 'tandem' }],
  ['a nested list of audiences', 'aud', { aud: [['tandem']] }],
  ['a client without token_use', 'aud', { aud: undefined, client_id: 'tandem' }],
  ['a client beside another audience', 'aud', { aud: 'else', client_id: 'tandem', token_use: 'access' }],
  ['the year 2286', 'exp', { exp: 9_999_999_999 }],
  ['an absurd expiry', 'exp', { exp: 1e300 }],
  ['an infinite expiry', 'exp', { exp: JSON.parse('1e999') as number }],
  ['no expiry', 'exp', { exp: undefined }],
  ['issued in ten hours', 'iat', { iat: NOW + 36_000 }],
  ['issued never', 'iat', { iat: Number.NaN }],
  ['issued too long ago', 'iat', { iat: NOW - 3_606 }],
  ['no subject', 'sub', { sub: undefined }],
  ['an empty subject', 'sub', { sub: '' }],
  ['a subject that is a number', 'sub', { sub: 7 }],
  ['a subject of 256 characters', 'sub', { sub: 'x'.repeat(256) }],
  ['half a surrogate pair', 'sub', { sub: '\ud800' }],
];
for (const [name, claim, changes] of otherTokens)
  test(`${name} is rejected by its ${claim} (security 15)`, () => {
    assert.throws(() => read(changes), rejectedBy(claim));
  });

test('a token of one of several audiences is accepted; without an audience, the client of Cognito counts (interop A4)', () => {
  for (const aud of ['tandem', 'api://tandem', ['else', 'api://tandem']]) assert.ok(read({ aud }));
  assert.ok(read({ aud: undefined, token_use: 'access', client_id: 'tandem' }));
  assert.throws(() => read({ aud: undefined, token_use: 'access', client_id: 'else' }), rejectedBy('aud'));
});

test('a token expires by its exp, or when it is too old', () => {
  assert.equal(read().expiresAt, NOW + 60);
  assert.equal(read({ iat: NOW - 3_590 }).expiresAt, NOW + 10);
  assert.equal(read({ iat: undefined }).expiresAt, NOW + 60);
  assert.ok(read({ iat: NOW + 4 }), 'within the clock tolerance');
});

const scopes = (payload: JWTPayload, changes = {}) =>
  [...scopesOf(payload, { ...rules, ...changes })].toSorted();

test('scopes are read from texts and lists of scope and scp (interop A5)', () => {
  const both = ['other', 'products:write'];
  assert.deepEqual(scopes({ scope: 'products:write  other ' }), both);
  assert.deepEqual(scopes({ scope: ['products:write', 'other'] }), both);
  assert.deepEqual(scopes({ scp: 'products:write other' }), both);
  assert.deepEqual(scopes({ scp: ['products:write', 'other'] }), both);
  assert.deepEqual(scopes({ scope: 'products:write', scp: ['other'] }), both);
  assert.deepEqual(scopes({ scope: 42, scp: { 0: 'products:write' } }), []);
  assert.deepEqual(scopes({ scope: ['products:write other', 7, null] }), ['products:write other']);
  assert.deepEqual(scopes({ permissions: ['products:write'], roles: ['products:write'] }), []);
});

test('the claims with scopes are configurable, nested ones and names with dots as well', () => {
  const payload = {
    permissions: ['a'],
    'https://shop.example/roles': ['b'],
    realm_access: { roles: ['c'] },
    resource_access: { 'my.client': { roles: ['d'] } },
  };
  const read = (...scopeClaims: string[]) => scopes(payload, { scopeClaims });
  assert.deepEqual(read('permissions', 'realm_access.roles'), ['a', 'c']);
  assert.deepEqual(read('https://shop.example/roles'), ['b']);
  assert.deepEqual(read('resource_access.my.client.roles'), ['d']);
  assert.deepEqual(read('permissions.length', 'realm_access', 'constructor.name', '__proto__', '.'), []);
});

test('a scope with names of the issuer is granted by these alone', () => {
  const names = { scopes: { 'products:write': ['Products.Write', 'tandem/products:write'] } };
  assert.deepEqual(scopes({ scp: 'Products.Write' }, names), ['Products.Write', 'products:write']);
  assert.ok(scopes({ scope: 'tandem/products:write' }, names).includes('products:write'));
  assert.deepEqual(scopes({ scope: 'products:write products.write else/products:write' }, names), [
    'else/products:write',
    'products.write',
  ]);
});
