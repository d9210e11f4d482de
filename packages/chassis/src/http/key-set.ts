import { createLocalJWKSet, errors } from 'jose';
import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';

/** The public keys of an issuer. Two values are the same object if the issuer's keys have not changed. */
export interface KeySet {
  /**
   * Finds the key of a token by its `kid`, or by its algorithm alone if the token or the keys have no `kid`. Rejects with
   * jose's `JWKSNoMatchingKey`, or with its `JWKSMultipleMatchingKeys`, which iterates over the keys that fit.
   */
  readonly find: JWTVerifyGetKey;
  /** Whether a key has this `kid`. If not, a wrong signature may mean that the issuer has a new key. */
  readonly has: (kid: string | undefined) => boolean;
  /** Equal for sets of the same keys. */
  readonly fingerprint: string;
  readonly size: number;
}

/** Creates a key set from a JWKS (RFC 7517). Throws jose's `JWKSInvalid` if it is none. */
export function createKeySet(jwks: JSONWebKeySet): KeySet {
  const findAmongAll = createLocalJWKSet({ keys: withoutDuplicates(jwks) });
  const keys = findAmongAll.jwks()?.keys ?? [];
  const kids = new Set(keys.map(({ kid }) => kid));
  const findWithoutKid = createLocalJWKSet({ keys: keys.filter(({ kid }) => kid === undefined) });
  return {
    find: async (header, token) => {
      const { kid, ...headerWithoutKid } = header;
      return kid === undefined || kids.has(kid)
        ? findAmongAll(header, token)
        : findWithoutKid(headerWithoutKid, token);
    },
    has: (kid) => kid !== undefined && kids.has(kid),
    fingerprint: JSON.stringify(keys),
    size: keys.length,
  };
}

/** The keys, each once. An Ed25519 key has no `alg`: issuers and tokens name it `EdDSA` or, by RFC 9864, `Ed25519`. */
function withoutDuplicates({ keys }: JSONWebKeySet): JWK[] {
  if (!Array.isArray(keys)) throw new errors.JWKSInvalid('The JSON Web Key Set has no list of keys');
  const distinct = new Map(
    keys.map((key) => {
      const { alg, ...withoutAlg } = key;
      const isEd25519 = key.crv === 'Ed25519' && (alg === 'EdDSA' || alg === 'Ed25519');
      const normalized = isEd25519 ? withoutAlg : key;
      return [JSON.stringify(normalized), normalized];
    }),
  );
  return [...distinct.values()];
}
