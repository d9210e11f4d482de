import type { JWTPayload } from 'jose';

/** Where the scopes of a token are, and how its issuer names them. */
export interface ScopeRules {
  /** Claims with scopes, each a text separated by spaces or a list: names, or paths with dots into nested claims. */
  readonly scopeClaims: readonly string[];
  /** The issuer's names of a scope. A scope that is not listed has its own name. */
  readonly scopes: Readonly<Record<string, readonly string[]>>;
}

/** The scopes that a token grants, from all claims of the rules. A listed scope is granted by its listed names only. */
export function scopesOf(payload: JWTPayload, { scopeClaims, scopes }: ScopeRules): ReadonlySet<string> {
  const names = new Set(scopeClaims.flatMap((claim) => namesIn(claimAt(payload, claim))));
  const mapped = Object.entries(scopes).filter(([, aliases]) => aliases.some((alias) => names.has(alias)));
  const unmapped = [...names].filter((name) => !Object.hasOwn(scopes, name));
  return new Set([...unmapped, ...mapped.map(([scope]) => scope)]);
}

/** A claim by its name, which may contain dots itself (`https://shop.example/roles`), or by its path. */
function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined;
  if (Object.hasOwn(claims, path)) return (claims as Record<string, unknown>)[path];
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    const found = Object.hasOwn(claims, name)
      ? claimAt((claims as Record<string, unknown>)[name], path.slice(dot + 1))
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A name in a list is taken as it is, since it may contain spaces. */
function namesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((name) => name !== '');
  return Array.isArray(claim) ? claim.filter((name) => typeof name === 'string') : [];
}
