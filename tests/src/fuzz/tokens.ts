import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet, mintToken } from '@tandem/emulators/issuer';

/** Authorization headers, by what the services must do with them. */
export interface Tokens {
  /** With every scope. */
  readonly admin: string;
  /** Of a user without scopes. */
  readonly user: string;
  /** Signed by the issuer, with claims of other providers' shapes or of wrong types: their scopes may count or not. */
  readonly odd: readonly string[];
  /** Never valid: forged, expired, or of another issuer or audience. */
  readonly invalid: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const SCOPE = 'products:write';
const subject = '8f0a4c52-7d1e-4a4f-9b55-3c2f1d0e9a77';

/** Claims of access tokens of Amazon Cognito, Microsoft Entra ID, Okta, Auth0 and Keycloak, as their documentation shows them. */
const shapes: Readonly<Record<string, Json>> = {
  'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E': {
    token_use: 'access',
    client_id: '1example23456789',
    scope: `tandem/${SCOPE} openid`,
    'cognito:groups': ['merchants'],
    username: 'alice',
    version: 2,
  },
  'https://login.microsoftonline.com/6d1f0b0e-0c1b-4c1a-9a6e-000000000000/v2.0': {
    aud: 'api://tandem',
    scp: `${SCOPE} user.read`,
    oid: subject,
    tid: '6d1f0b0e-0c1b-4c1a-9a6e-000000000000',
    roles: [SCOPE],
    ver: '2.0',
  },
  'https://shop.okta.example/oauth2/default': {
    aud: 'api://default',
    scp: [SCOPE, 'openid'],
    cid: 'c',
    uid: 'u',
    ver: 1,
  },
  'https://shop.auth0.example/': {
    aud: ['https://tandem', 'https://shop.auth0.example/userinfo'],
    sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
    azp: 'client',
    scope: 'openid profile',
    permissions: [SCOPE],
  },
  'https://keycloak.example/realms/shop': {
    aud: 'account',
    typ: 'Bearer',
    azp: 'tandem',
    realm_access: { roles: ['offline_access'] },
    resource_access: { tandem: { roles: [SCOPE] } },
    scope: `profile ${SCOPE}`,
  },
};

/** Claims of wrong types, beside valid ones. */
const oddClaims: readonly Json[] = [
  ...[SCOPE, [SCOPE], [1, null, {}], {}, null, 1, '', ' ', `\t${SCOPE}`, [[SCOPE]], 'x '.repeat(900)].flatMap(
    (value) => ['scope', 'scp', 'permissions'].map((claim) => ({ [claim]: value })),
  ),
  { sub: 'Zoë\u0301 \u202e' },
  { sub: '😀'.repeat(100) },
  { sub: 'x'.repeat(255) },
  { iat: 'yesterday' },
  { iat: 4e9 },
  { exp: 1e300 },
  { jti: {} },
  { aud: [LOCAL_AUDIENCE, 'other', 1] },
  { nonce: 'n', at_hash: 'h' },
  { __proto__: null, constructor: { prototype: {} } },
];

const invalidClaims: readonly Json[] = [
  { exp: 1 },
  { exp: '4000000000' },
  { exp: null },
  { nbf: 4e9 },
  { nbf: 'now' },
  { iss: null },
  { iss: [LOCAL_ISSUER] },
  { iss: `${LOCAL_ISSUER}/` },
  { aud: 'other' },
  { aud: [] },
  { aud: { tandem: 1 } },
  { sub: null },
  { sub: '' },
  { sub: 1 },
  { sub: '\ud800' },
  { sub: 'x'.repeat(256) },
];

const types = [
  'at+jwt',
  'application/at+jwt',
  'AT+JWT',
  'logout+jwt',
  'secevent+jwt',
  'dpop+jwt',
  '',
  undefined,
];

/** Creates the tokens; those of a stranger are signed by a key of its own. */
export async function createTokens(): Promise<Tokens> {
  const bearer = async (...scopes: string[]) => `Bearer ${await mintToken({ subject: 'fuzzer', scopes })}`;
  const [admin, user] = [await bearer(SCOPE, 'orders:read', 'analytics:read'), await bearer()];
  const key = createPrivateKey({ key: await privateJwk(), format: 'jwk' });
  const [{ kid = '' } = {}] = (await localKeySet()).keys;
  const header = { alg: 'ES256', typ: 'JWT', kid };
  const claims = {
    iss: LOCAL_ISSUER,
    aud: LOCAL_AUDIENCE,
    sub: subject,
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const { privateKey: strange } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ofProvider = Object.entries(shapes).map(([iss, shape]) => ({ ...claims, ...shape, iss }));
  return {
    admin,
    user,
    odd: [
      ...Object.values(shapes).map((shape) => ({ ...claims, ...shape, aud: LOCAL_AUDIENCE })),
      ...oddClaims.map((odd) => ({ ...claims, ...odd })),
    ]
      .map((payload) => jwt(header, payload, key))
      .concat(types.map((typ) => jwt({ ...header, typ }, claims, key))),
    invalid: [
      ...ofProvider.flatMap((payload) => [
        jwt(header, payload, key),
        jwt({ ...header, kid: 'other' }, payload, strange),
      ]),
      ...invalidClaims.map((invalid) => jwt(header, { ...claims, ...invalid }, key)),
      jwt(header, claims, strange),
      jwt({ ...header, kid: undefined }, claims, strange),
      ...strangeHeaders.map((strangeHeader) => jwt({ ...header, ...strangeHeader }, claims, strange)),
      `${admin}x`,
      admin.slice(0, -9),
      admin.slice(7),
      `${admin}.${admin.slice(7)}`,
      admin.replace('Bearer', 'DPoP'),
      'Bearer a.b.c',
      'Bearer ..',
      'Bearer',
      'Basic dTpw',
      '',
      `Bearer ${'a'.repeat(7_000)}`,
      `Bearer ${encoded([])}.${encoded('')}.${encoded(1)}`,
      `Bearer ${encoded({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`,
    ],
  };
}

const strangeHeaders: readonly Json[] = [
  { alg: 'none' },
  { alg: 'HS256' },
  { alg: ['ES256'] },
  { alg: null },
  { kid: {} },
  { kid: '../../dev/null' },
  { kid: 'x'.repeat(2_000) },
  { jku: 'http://127.0.0.1:1/jwks.json' },
  { x5u: 'http://127.0.0.1:1/' },
  { crit: ['exp'] },
  { b64: false, crit: ['b64'] },
  { typ: 1 },
  { zip: 'DEF' },
];

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

const part = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map(encoded),
  fc.constantFrom(encoded({ alg: 'ES256' }), encoded({ alg: 'ES256', kid: 1 }), '', '=', '!'),
);
/** Arbitrary of headers that are no token of anybody. */
export const randomToken = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => `Bearer ${parts.join('.')}`);

async function privateJwk(): Promise<JsonWebKey> {
  const file = join(import.meta.dirname, '../../../.local/issuer.json');
  return JSON.parse(await readFile(file, 'utf8')) as JsonWebKey;
}

/** Signs any header and claims with ES256 (RFC 7518, section 3.4), however odd; libraries would reject them. */
function jwt(header: Json, claims: Json, key: KeyObject): string {
  const content = `${encoded(header)}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `Bearer ${content}.${signature.toString('base64url')}`;
}
