import { errors } from 'jose';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { scopesOf } from './scopes.ts';
import type { ScopeRules } from './scopes.ts';

/** The caller, from the claims of a verified token. */
export interface Identity {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
}

/** Requirements of a token beyond its signature, issuer, `exp` and `nbf`. */
export interface ClaimRules extends ScopeRules {
  /** Accepted audiences; one is enough. */
  readonly audiences: readonly string[];
  /** Longest time from `iat` until now, and from now until `exp`, in seconds. */
  readonly maxTokenSeconds: number;
  readonly clockToleranceSeconds: number;
}

/** A verified token. */
export interface VerifiedToken {
  readonly identity: Identity;
  /** Time at which it expires, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** Types of access tokens: RFC 9068 and, as most issuers do, the general one (RFC 7519). Media types ignore case. */
const ACCESS_TOKEN_TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

/** OpenID Connect Core 1.0, section 2. */
const MAX_SUBJECT_LENGTH = 255;

/**
 * The identity of a token whose signature and issuer are verified. Throws jose's `JWTClaimValidationFailed` for a token
 * of another type, another audience, an unreasonable time, or without a subject.
 */
export function readClaims(
  header: Pick<JWTHeaderParameters, 'typ'>,
  payload: JWTPayload,
  rules: ClaimRules,
  nowSeconds: number,
): VerifiedToken {
  const fail = (claim: string, message: string): never => {
    throw new errors.JWTClaimValidationFailed(message, payload, claim, 'check_failed');
  };
  const other = otherTypeOf(header, payload);
  if (other !== undefined) fail(other, 'The token is no access token. Send the access token of the issuer.');
  if (!isForAudience(payload, rules.audiences)) fail('aud', 'The token is for another API.');
  if (payload['cnf'] !== undefined)
    fail('cnf', 'The token is bound to a key of its client. Request a bearer token.');

  const { exp = Infinity, iat, sub } = payload;
  const { maxTokenSeconds, clockToleranceSeconds } = rules;
  if (exp - nowSeconds > maxTokenSeconds + clockToleranceSeconds)
    fail('exp', 'The token is valid for too long.');
  if (iat !== undefined && !(iat <= nowSeconds + clockToleranceSeconds))
    fail('iat', 'The token was issued in the future.');
  if (iat !== undefined && !(nowSeconds - iat <= maxTokenSeconds + clockToleranceSeconds))
    fail('iat', 'The token is too old. Request a new one.');

  if (typeof sub !== 'string' || sub === '')
    return fail('sub', 'The token has no subject (claim sub). Use a token of a user.');
  if (sub.length > MAX_SUBJECT_LENGTH || !sub.isWellFormed())
    return fail(
      'sub',
      `The subject of the token (claim sub) must be at most ${MAX_SUBJECT_LENGTH} characters of well-formed Unicode.`,
    );
  const expiresAt = iat === undefined ? exp : Math.min(exp, iat + maxTokenSeconds);
  return { identity: { subject: sub, scopes: scopesOf(payload, rules) }, expiresAt };
}

/**
 * The claim by which a token is of another type than an access token; undefined if there is none. Besides `typ`: claims of
 * ID tokens (OpenID Connect Core 1.0) and of logout and security event tokens (RFC 8417), `token_use` of Cognito, and
 * the `typ` that Keycloak repeats in its claims; its access tokens had a `nonce` up to version 23.
 */
function otherTypeOf({ typ }: Pick<JWTHeaderParameters, 'typ'>, payload: JWTPayload): string | undefined {
  if (typ !== undefined && !(typeof typ === 'string' && ACCESS_TOKEN_TYPES.has(typ.toLowerCase())))
    return 'typ';
  const { typ: keycloakType, token_use: use } = payload;
  if (keycloakType !== undefined && keycloakType !== 'Bearer') return 'typ';
  if (use !== undefined && use !== 'access') return 'token_use';
  const claimsOfOtherTypes = ['at_hash', 'c_hash', 's_hash', 'events'];
  if (keycloakType === undefined) claimsOfOtherTypes.push('nonce');
  return claimsOfOtherTypes.find((claim) => payload[claim] !== undefined);
}

/** Cognito's access tokens have no audience: as in API Gateway, their `client_id` counts as one. */
function isForAudience({ aud, ...payload }: JWTPayload, accepted: readonly string[]): boolean {
  const { client_id: clientId, token_use: use } = payload;
  const audiences: unknown = aud === undefined && use === 'access' ? clientId : aud;
  return [audiences].flat().some((audience) => typeof audience === 'string' && accepted.includes(audience));
}
