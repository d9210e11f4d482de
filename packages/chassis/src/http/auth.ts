import { createHash } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { DomainError } from '../errors.ts';

/** The caller, from the claims of a verified token. */
export interface Identity {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

/** Verifies bearer tokens. */
export interface Authenticator {
  /**
   * Resolves to the identity of an Authorization header; undefined without one. Rejects with a DomainError:
   * `unauthenticated` for an invalid bearer token, `unavailable` if the keys cannot be fetched.
   */
  readonly authenticate: (authorization: string | undefined) => Promise<Identity | undefined>;
}

interface CachedToken {
  readonly identity: Identity;
  /** Time at which the token must be verified again, in milliseconds since the epoch. */
  readonly cachedUntil: number;
}

const MAX_CACHED_TOKENS = 1000;

/** Lifetime of cached keys and of cached tokens. The key of a token is accepted for at most twice as long after its revocation. */
const CACHE_TTL_MS = 10 * 60 * 1000;

/** OpenID Connect Core 1.0, section 2. */
const MAX_SUBJECT_LENGTH = 255;

/**
 * Creates an authenticator for JWTs of one issuer and audience. `jwks` is a key set or the URL of one. A URL is fetched
 * when needed and cached for ten minutes; for an unknown key id it is fetched again, at most every 30 s. A verified token
 * is cached for ten minutes or until it expires, so that further requests with it cost one hash.
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
  const keys = jwks instanceof URL ? remoteKeys(jwks) : createLocalJWKSet(jwks);
  /** Verified tokens by their hash, the least recently used first. */
  const cache = new Map<string, CachedToken>();

  async function verify(token: string): Promise<CachedToken> {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'sub'],
    });
    const expiresAt = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000;
    return { identity: identityOf(payload), cachedUntil: Math.min(expiresAt, Date.now() + CACHE_TTL_MS) };
  }

  return {
    async authenticate(authorization) {
      if (authorization === undefined) return undefined;
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
      if (token === undefined)
        throw invalidToken('The Authorization header has no bearer token. Send "Bearer" and a token.');
      const digest = createHash('sha256').update(token).digest('base64');
      const cachedToken = cache.get(digest);
      cache.delete(digest);
      const verifiedToken =
        cachedToken !== undefined && Date.now() < cachedToken.cachedUntil
          ? cachedToken
          : await verify(token).catch(rejectToken);
      cache.set(digest, verifiedToken);
      const [leastRecent] = cache.keys();
      if (cache.size > MAX_CACHED_TOKENS && leastRecent !== undefined) cache.delete(leastRecent);
      return verifiedToken.identity;
    },
  };
}

function identityOf({ sub, scope }: JWTPayload): Identity {
  if (typeof sub !== 'string' || sub === '')
    throw invalidToken('The token has no subject (claim sub). Use a token of a user.');
  if (sub.length > MAX_SUBJECT_LENGTH || !sub.isWellFormed())
    throw invalidToken(
      `The subject of the token (claim sub) must be at most ${MAX_SUBJECT_LENGTH} characters of well-formed Unicode.`,
    );
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
  return { subject: sub, scopes: new Set(scopes) };
}

function rejectToken(error: unknown): never {
  if (error instanceof DomainError) throw error;
  const isExpired = error instanceof errors.JWTExpired;
  throw invalidToken(
    isExpired
      ? 'The token has expired. Request a new one.'
      : 'The token is not valid for this API. Request one from its issuer.',
    error,
  );
}

function invalidToken(message: string, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', 'invalid-token', message, { cause });
}

/** Keys of a JWKS URL. A failure to fetch them is `unavailable`, not a fault of the token. */
function remoteKeys(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { cacheMaxAge: CACHE_TTL_MS });
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
        { cause: error },
      );
    }
  };
}
