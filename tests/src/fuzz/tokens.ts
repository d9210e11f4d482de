import { mintToken } from '@tandem/emulators/issuer';
import * as fc from 'fast-check';
import type { Operation, Verdict } from './document.ts';

/** Authorization headers. `scoped` has every scope that the documents name. */
export interface Tokens {
  readonly scoped: string;
  readonly users: readonly string[];
}

/** A bearer of all the scopes that operations demand, and users with none of them. */
export async function tokensFor(operations: readonly Operation[]): Promise<Tokens> {
  const scopes = operations.flatMap(({ security = [] }) =>
    security.flatMap((scheme) => Object.values(scheme).flat()),
  );
  const bearer = async (subject: string, granted: readonly string[]) =>
    `Bearer ${await mintToken({ subject, scopes: granted })}`;
  const ada = await bearer('ada', []);
  return {
    scoped: await bearer('fuzzer', [...new Set(scopes)]),
    // Mostly one: of another's carts nothing is to be seen.
    users: [ada, ada, ada, await bearer('bob', ['some:scope'])],
  };
}

/** An Authorization header; `either` for a bad one where none is asked for. */
export interface Authorization {
  readonly header: string | undefined;
  readonly verdict: Verdict;
}

/** What an operation asks for; wild ones now and then nothing, too little or something forged. */
export function authorizationsFor(
  { security = [] }: Operation,
  { scoped, users }: Tokens,
  wild: boolean,
): fc.Arbitrary<Authorization> {
  const isOpen = security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0);
  const needsScope = !isOpen && security.every((scheme) => Object.values(scheme).flat().length > 0);
  const anonymous = fc.constant<Authorization>({ header: undefined, verdict: isOpen ? 'valid' : 'invalid' });
  const user = fc
    .constantFrom(...users)
    .map((header): Authorization => ({ header, verdict: needsScope ? 'invalid' : 'valid' }));
  const permitted = fc.constant<Authorization>({ header: scoped, verdict: 'valid' });
  const known = needsScope ? permitted : user;
  const right = isOpen ? fc.oneof(anonymous, known) : known;
  if (!wild) return right;
  const bad = [
    `${scoped}x`,
    scoped.slice(0, -9),
    scoped.replace('Bearer ', ''),
    'Bearer a.b.c',
    'Bearer',
    'Basic dTpw',
    '',
  ];
  const forged = fc
    .constantFrom(...bad)
    .map((header): Authorization => ({ header, verdict: isOpen ? 'either' : 'invalid' }));
  return fc.oneof({ weight: 10, arbitrary: right }, anonymous, user, forged);
}
