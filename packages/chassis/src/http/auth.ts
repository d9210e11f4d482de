import { createHash } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { DomainError } from '../errors.ts';

/** The caller, as named by a verified token. */
export interface Identity {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

/** Verifies bearer tokens. */
export interface Authenticator {
  /**
   * The identity of an Authorization header's value; undefined without one. Rejects with a DomainError:
   * `unauthenticated` when it is not a valid bearer token, `unavailable` when the keys cannot be fetched.
   */
  readonly authenticate: (authorization: string | undefined) => Promise<Identity | undefined>;
}

interface Verified {
  readonly identity: Identity;
  /** Until when it need not be verified again. */
  readonly goodUntil: number;
}

const maxCachedTokens = 1000;

/** Lifetime of cached keys and of cached verified tokens: a revoked key is accepted for no longer than both together. */
const REMEMBERED_MS = 10 * 60 * 1000;

/** OpenID Connect Core 1.0, section 2. */
const MAX_SUBJECT_LENGTH = 255;

/**
 * An authenticator for JWTs of one issuer and audience. `jwks` is a key set, or the URL of one, which is fetched when
 * needed and cached for ten minutes; a key that is not in it is looked for anew, every 30 s at most. A verified token is
 * remembered as long, or until it expires: a caller that repeats it costs one hash.
 */
export function createAuthenticator(options: {
  issuer: string;
  audience: string;
  jwks: URL | JSONWebKeySet;
  clockToleranceSeconds?: number;
  algorithms?: string[];
}): Authenticator {
  const { issuer, audience, jwks, clockToleranceSeconds = 5 } = options;
  const { algorithms = ['RS256', 'ES256', 'EdDSA'] } = options;
  const keys = jwks instanceof URL ? fetchedKeys(jwks) : createLocalJWKSet(jwks);
  const verified = new Map<string, Verified>();

  async function verify(token: string): Promise<Verified> {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'sub'],
    });
    const expiresAt = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000;
    return { identity: identityOf(payload), goodUntil: Math.min(expiresAt, Date.now() + REMEMBERED_MS) };
  }

  return {
    async authenticate(authorization) {
      if (authorization === undefined) return undefined;
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
      if (token === undefined) throw invalidToken('The Authorization header has no bearer token.');
      const digest = createHash('sha256').update(token).digest('base64');
      const known = verified.get(digest);
      verified.delete(digest);
      const current =
        known !== undefined && Date.now() < known.goodUntil ? known : await verify(token).catch(refuse);
      verified.set(digest, current);
      const [leastRecent] = verified.keys();
      if (verified.size > maxCachedTokens && leastRecent !== undefined) verified.delete(leastRecent);
      return current.identity;
    },
  };
}

function identityOf({ sub, scope }: JWTPayload): Identity {
  if (typeof sub !== 'string' || sub === '') throw invalidToken('The token has no subject (claim sub).');
  if (sub.length > MAX_SUBJECT_LENGTH || !sub.isWellFormed())
    throw invalidToken('The subject cannot be used');
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
  return { subject: sub, scopes: new Set(scopes) };
}

function refuse(error: unknown): never {
  if (error instanceof DomainError) throw error;
  const isExpired = error instanceof errors.JWTExpired;
  throw invalidToken(
    isExpired ? 'The token has expired. Request a new one.' : 'The token is not valid for this API.',
    error,
  );
}

function invalidToken(message: string, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', 'invalid-token', message, { cause });
}

/** The keys behind a URL; that they cannot be had is no fault of the token. */
function fetchedKeys(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { cacheMaxAge: REMEMBERED_MS });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      const isFaultOfToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isFaultOfToken) throw error;
      throw new DomainError(
        'unavailable',
        'keys-unavailable',
        'Tokens cannot be verified now. Retry after a moment.',
        {
          cause: error,
        },
      );
    }
  };
}
