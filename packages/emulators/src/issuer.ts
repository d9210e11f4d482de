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

/** Who a token is for and what it allows. */
export interface TokenRequest {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** 3600 unless given. */
  readonly lifetimeSeconds?: number;
}

/** Signs tokens with one ES256 key pair and publishes its public half. */
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
 * An issuer whose private key is kept in `file`, created on first use: of processes that do so at once, all end with
 * the same key. Calls reject with a DomainError when the file is damaged or cannot be used.
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

/** The public keys, each with `kid` and `alg`, that verify the tokens of this checkout. */
export function localKeySet(): Promise<JSONWebKeySet> {
  return local.keySet();
}

/** A signed JWT for any local system of this checkout. Without scopes it has no `scope` claim. */
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

/** Links a finished file into place: the link fails if another process was first, and nobody ever reads half a key. */
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
      `${file} is damaged: delete the file, and a new key is made; restart a system that is running`,
      { cause: error },
    );
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
