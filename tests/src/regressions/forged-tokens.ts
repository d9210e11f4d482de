import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_AUDIENCE, LOCAL_ISSUER, localKeySet } from '@tandem/emulators/issuer';

const ISSUER_FILE = join(import.meta.dirname, '../../../.local/issuer.json');

/** Authorization headers of a user: a valid one and forged ones. */
export interface ForgedTokens {
  /** Created like the forged ones, so that only its fault can make a forged one invalid. */
  readonly valid: string;
  /** Headers that must be rejected, by fault. */
  readonly forged: Readonly<Record<string, string>>;
}

/** Creates valid and forged authorization headers of a user. */
export async function forgeTokens(subject: string): Promise<ForgedTokens> {
  const [publicJwk] = (await localKeySet()).keys;
  const kid = publicJwk?.kid ?? '';
  const ownKey = createPrivateKey({
    key: JSON.parse(await readFile(ISSUER_FILE, 'utf8')) as JsonWebKey,
    format: 'jwk',
  });
  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const publicPem = createPublicKey(ownKey).export({ type: 'spki', format: 'pem' });

  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: LOCAL_ISSUER,
    aud: LOCAL_AUDIENCE,
    sub: subject,
    scope: 'products:write',
    iat: now,
    exp: now + 3600,
  };
  const es256 = (changes: object, key: KeyObject = ownKey) =>
    token({ alg: 'ES256', kid }, { ...claims, ...changes }, (text) =>
      sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
    );
  const hs256 = (secret: string | Buffer) =>
    token({ alg: 'HS256', kid }, claims, (text) => createHmac('sha256', secret).update(text).digest());

  const forged = {
    'an expired token': es256({ iat: now - 7200, exp: now - 3600 }),
    'a token of another key': es256({}, otherKey),
    'alg none': token({ alg: 'none' }, claims, () => Buffer.alloc(0)),
    'alg none that names the key': token({ alg: 'none', kid }, claims, () => Buffer.alloc(0)),
    'HS256 by the public key as PEM': hs256(publicPem),
    'HS256 by the public key as JWK': hs256(JSON.stringify(publicJwk)),
    'a wrong audience': es256({ aud: 'other-audience' }),
    'a wrong issuer': es256({ iss: 'https://other-issuer.example' }),
    'a token that is not valid yet': es256({ nbf: now + 3600 }),
    garbage: 'garbage',
  };
  const valid = es256({});
  return {
    valid: `Bearer ${valid}`,
    forged: {
      ...Object.fromEntries(Object.entries(forged).map(([name, jwt]) => [name, `Bearer ${jwt}`])),
      'Bearer without a token': 'Bearer',
      'another scheme': 'Basic dXNlcjpwYXNzd29yZA==',
    },
  };
}

function token(header: object, claims: object, signature: (text: string) => Buffer): string {
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${signature(text).toString('base64url')}`;
}
