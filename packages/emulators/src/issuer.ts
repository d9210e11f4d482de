import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly keySet: JSONWebKeySet;
}

const algorithm = 'ES256';
const text = z.string();
const storedKey = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: text, y: text, d: text });

/**
 * Creates an issuer, which signs tokens with one ES256 key pair and publishes the public key. Its private key is stored in `file`,
 * created on first use in a directory of its own, both accessible to their owner only: concurrent processes agree on the same key.
 * Calls reject with a DomainError when the file is damaged or cannot be used.
 */
export function createIssuer(file: string) {
  let key: Promise<SigningKey> | undefined;
  const signingKey = () => (key ??= readOrCreate(file));

  return {
    keySet: async (): Promise<JSONWebKeySet> => (await signingKey()).keySet,
    mint: async ({ subject, scopes, lifetimeSeconds = 3600 }: TokenRequest): Promise<string> => {
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
export const localKeySet = local.keySet;

/** Signs a JWT for any local system of this checkout. Without scopes it has no `scope` claim. */
export const mintToken = local.mint;

async function readOrCreate(file: string): Promise<SigningKey> {
  try {
    const stored = await readFile(file, 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return create(file);
      throw error;
    });
    await restrictToOwner(file);
    return await parse(file, stored);
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('unavailable', 'issuer-unusable', `cannot use ${file}: ${reason}`, { cause });
  }
}

/** A copy of a checkout may have other permissions. On Windows they are inherited. */
async function restrictToOwner(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  for (const [path, mode] of [
    [dirname(file), 0o700],
    [file, 0o600],
  ] as const)
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, mode);
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

async function parse(file: string, stored: string): Promise<SigningKey> {
  try {
    const privateJwk = storedKey.parse(JSON.parse(stored));
    const { d: _, ...publicJwk } = privateJwk;
    const kid = await calculateJwkThumbprint(publicJwk);
    const privateKey = await importJWK(privateJwk, algorithm);
    return { kid, privateKey, keySet: { keys: [{ ...publicJwk, kid, alg: algorithm, use: 'sig' }] } };
  } catch (cause) {
    const message = `${file} is damaged: delete the file to create a new key, then restart running systems`;
    throw new DomainError('unavailable', 'issuer-damaged', message, { cause });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
