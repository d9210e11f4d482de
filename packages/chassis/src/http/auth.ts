import { createHash } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTVerifyOptions } from 'jose';
import { DomainError } from '../errors.ts';
import { readClaims } from './claims.ts';
import type { ClaimRules, Identity, VerifiedToken } from './claims.ts';
import { fixedKeys, remoteKeys } from './issuer-keys.ts';
import type { Wait } from './issuer-keys.ts';
import type { KeySet } from './key-set.ts';

export type { Identity } from './claims.ts';

/** Verifies bearer tokens. */
export interface Authenticator {
  /**
   * Resolves to the identity of an Authorization header; undefined without one. Rejects with a DomainError:
   * `unauthenticated` for an invalid bearer token, `unavailable` if no keys of the issuer are known. Waits for the
   * issuer happen within `idle`.
   */
  readonly authenticate: (authorization: string | undefined, idle?: Wait) => Promise<Identity | undefined>;
}

/** An authenticator that fetches the issuer's keys. */
export interface FetchingAuthenticator extends Authenticator {
  /** Resolves once no fetch in the background is running, after 1.5 s at most. Never rejects. */
  readonly settled: () => Promise<void>;
}

/** Which tokens are accepted. */
export interface AuthenticatorOptions {
  /** Accepted issuers: names of one provider, which has one key set. */
  readonly issuer: string | readonly string[];
  /** Accepted audiences. */
  readonly audience: string | readonly string[];
  /** The issuer's keys, or their URL. */
  readonly jwks: URL | JSONWebKeySet;
  /** Default: `scope` and `scp`. */
  readonly scopeClaims?: readonly string[];
  /** The issuer's names of scopes that it names differently. */
  readonly scopes?: Readonly<Record<string, readonly string[]>>;
  /** Default: {@link MAX_TOKEN_SECONDS}. */
  readonly maxTokenSeconds?: number;
  /** Default: 5. */
  readonly clockToleranceSeconds?: number;
  /** Default: RS256, ES256, and EdDSA with Ed25519. */
  readonly algorithms?: readonly string[];
  /** Called when the issuer's keys could not be fetched, once a minute at most. Default: nothing is done. */
  readonly onKeysFailure?: (error: unknown) => void;
  /** In milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Longest lifetime of a token by default, in seconds: a day more than Auth0's maximum, the longest of the tested issuers. */
export const MAX_TOKEN_SECONDS = 31 * 24 * 60 * 60;

const MAX_CACHED_TOKENS = 1000;

/**
 * Creates an authenticator for access tokens of one issuer. A verified token is cached until it expires or the issuer's
 * keys change, so that further requests with it cost one hash.
 */
export function createAuthenticator(options: AuthenticatorOptions): FetchingAuthenticator {
  const { issuer, audience, jwks, now = () => Date.now(), onKeysFailure = () => undefined } = options;
  const { clockToleranceSeconds = 5, algorithms = ['RS256', 'ES256', 'EdDSA'] } = options;
  const keys = jwks instanceof URL ? remoteKeys(jwks, { now, onFailure: onKeysFailure }) : fixedKeys(jwks);
  const rules: ClaimRules = {
    audiences: [audience].flat(),
    maxTokenSeconds: options.maxTokenSeconds ?? MAX_TOKEN_SECONDS,
    clockToleranceSeconds,
    scopeClaims: options.scopeClaims ?? ['scope', 'scp'],
    scopes: options.scopes ?? {},
  };
  const verifyOptions: JWTVerifyOptions = {
    issuer: [issuer].flat(),
    // RFC 9864 names the algorithm by its curve.
    algorithms: algorithms.flatMap((alg) => (alg === 'EdDSA' ? [alg, 'Ed25519'] : [alg])),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp'],
  };
  const cache = createTokenCache();

  async function verify(token: string, keySet: KeySet): Promise<VerifiedToken> {
    const time = now();
    const { payload, protectedHeader } = await verifyWithAnyKey(token, keySet, {
      ...verifyOptions,
      currentDate: new Date(time),
    });
    return readClaims(protectedHeader, payload, rules, time / 1000);
  }

  async function verifyWithNewestKeys(token: string, idle: Wait): Promise<CachedToken> {
    const keySet = keys.known() ?? (await keys.require(idle));
    try {
      return { ...(await verify(token, keySet)), keySet };
    } catch (error) {
      const newer = isKeyMissing(error, token, keySet) ? await keys.newerThan(keySet, idle) : undefined;
      if (newer === undefined) throw error;
      return { ...(await verify(token, newer)), keySet: newer };
    }
  }

  return {
    settled: keys.settled,
    async authenticate(authorization, idle = (wait) => wait()) {
      if (authorization === undefined) return undefined;
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
      if (token === undefined)
        throw invalidToken('The Authorization header has no bearer token. Send "Bearer" and a token.');
      const digest = createHash('sha256').update(token).digest('base64');
      const cached = cache.take(digest);
      const isCurrent =
        cached !== undefined &&
        cached.keySet === keys.known() &&
        now() < (cached.expiresAt + clockToleranceSeconds) * 1000;
      const verified = isCurrent ? cached : await verifyWithNewestKeys(token, idle).catch(rejectToken);
      cache.put(digest, verified);
      return verified.identity;
    },
  };
}

interface CachedToken extends VerifiedToken {
  /** The keys that it was verified with: if the issuer withdraws one, the token is verified again. */
  readonly keySet: KeySet;
}

/** Verified tokens by their digest, the least recently used first. */
function createTokenCache() {
  const tokens = new Map<string, CachedToken>();
  return {
    take: (digest: string): CachedToken | undefined => {
      const token = tokens.get(digest);
      tokens.delete(digest);
      return token;
    },
    put: (digest: string, token: CachedToken): void => {
      tokens.set(digest, token);
      const [leastRecent] = tokens.keys();
      if (tokens.size > MAX_CACHED_TOKENS && leastRecent !== undefined) tokens.delete(leastRecent);
    },
  };
}

/** Like jose's `jwtVerify`, but tries each key that fits; one that is damaged fits no token. */
async function verifyWithAnyKey(token: string, keySet: KeySet, options: JWTVerifyOptions) {
  try {
    return await jwtVerify(token, keySet.find, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (cause) {
        const isSignatureRight =
          cause instanceof errors.JWTClaimValidationFailed || cause instanceof errors.JWTExpired;
        if (isSignatureRight) throw cause;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Whether the issuer may have signed the token with a key that the set lacks. */
function isKeyMissing(error: unknown, token: string, keySet: KeySet): boolean {
  if (error instanceof errors.JWKSNoMatchingKey) return true;
  return (
    error instanceof errors.JWSSignatureVerificationFailed && !keySet.has(decodeProtectedHeader(token).kid)
  );
}

function rejectToken(error: unknown): never {
  if (error instanceof DomainError) throw error;
  const isExpired = error instanceof errors.JWTExpired;
  throw invalidToken(
    isExpired
      ? 'The token has expired. Request a new one.'
      : 'The token is not valid for this API. Request an access token from its issuer.',
    error,
  );
}

function invalidToken(message: string, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', 'invalid-token', message, { cause });
}
