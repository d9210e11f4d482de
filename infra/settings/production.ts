import type { SettingsInput } from '../src/settings.ts';

/** The contract's names, two tasks a service, everything that is kept protected. */
export const production: SettingsInput = {
  region: 'us-east-1',
  bootstrapQualifier: 'tandemprod',
  auth: {
    issuer: 'https://issuer.example.com/',
    audience: 'tandem',
    jwksUrl: 'https://issuer.example.com/.well-known/jwks.json',
  },
  // 22 of the 25 units that an account has free: 6 for each table and the catalog's index, 2 for the users' carts, 2 for holds.
  capacity: { mode: 'provisioned', minUnits: 6, maxUnits: 500, targetPercent: 90 },
  budgetUsd: 500,
};
