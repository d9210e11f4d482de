import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
} from 'jose';
import { z } from 'zod';

/** The `iss` of the local system's tokens. */
export const LOCAL_ISSUER = 'urn:tandem:local';

/** The `aud` of the local system's tokens. */
export const LOCAL_AUDIENCE = 'tandem';

/** Subject and scopes of a token. */
export interface TokenRequest {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Default: 3600. */
  readonly lifetimeSeconds?: number;
}

/** Token issuer: signs tokens with one ES256 key pair and publishes the public key. */
export interface Issuer {
  keySet(): Promise<JSONWebKeySet>;
  mint(request: TokenRequest): Promise<string>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly keySet: JSONWebKeySet;
}

const algorithm = 'ES256';
const storedKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/**
 * Creates an issuer whose private key is stored in `file`, created on first use: concurrent processes agree on the same key.
 * Calls reject with a DomainError when the file is damaged or cannot be used.
 */
export function createIssuer(file: string): Issuer {
  let key: Promise<SigningKey> | undefined;
  const signingKey = () => (key ??= readOrCreate(file));

  return {
    keySet: async () => (await signingKey()).keySet,
    async mint({ subject, scopes, lifetimeSeconds = 3600 }) {
      const { kid, privateKey } = await signingKey();
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT(scopes.length > 0 ? { scope: scopes.join(' ') } : {})
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
        .setIssuer(LOCAL_ISSUER)
        .setAudience(LOCAL_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .setJti(randomUUID())
        .sign(privateKey);
    },
  };
}

const local = createIssuer(join(import.meta.dirname, '../../../.local/issuer.json'));

/** JWKS that verifies the tokens of this checkout; each key has `kid` and `alg`. */
export function localKeySet(): Promise<JSONWebKeySet> {
  return local.keySet();
}

/** Signs a JWT for any local system of this checkout. Without scopes it has no `scope` claim. */
export function mintToken(request: TokenRequest): Promise<string> {
  return local.mint(request);
}

async function readOrCreate(file: string): Promise<SigningKey> {
  try {
    return await parse(file, (await read(file)) ?? (await create(file)));
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DomainError('unavailable', 'issuer-unusable', `cannot use ${file}: ${reason}`, {
      cause: error,
    });
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Creates the file atomically by a link, which fails if another process has created it: no partial key is ever read. */
async function create(file: string): Promise<string> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const text = `${JSON.stringify(await exportJWK(privateKey))}\n`;
  const draft = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, file);
    return text;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return await readFile(file, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}

async function parse(file: string, text: string): Promise<SigningKey> {
  try {
    const privateJwk = storedKey.parse(JSON.parse(text));
    const { d: _, ...publicJwk } = privateJwk;
    const kid = await calculateJwkThumbprint(publicJwk);
    const privateKey = await importJWK(privateJwk, algorithm);
    return { kid, privateKey, keySet: { keys: [{ ...publicJwk, kid, alg: algorithm, use: 'sig' }] } };
  } catch (error) {
    throw new DomainError(
      'unavailable',
      'issuer-damaged',
      `${file} is damaged: delete the file to create a new key, then restart running systems`,
      { cause: error },
    );
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
