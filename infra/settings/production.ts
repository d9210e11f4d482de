import type { SettingsInput } from '../src/settings.ts';

/** Production: no name prefix, two tasks per service. */
export const production: SettingsInput = {
  region: 'us-east-1',
  bootstrapQualifier: 'tandemprod',
  auth: {
    issuer: 'https://issuer.example.com/',
    audience: 'tandem',
    jwksUrl: 'https://issuer.example.com/.well-known/jwks.json',
  },
  // Uses 22 of an account's 25 free units: 6 for each table and the catalog's index, 2 each for the indexes of users' carts and of holds.
  capacity: { mode: 'provisioned', minUnits: 6, maxUnits: 500, targetPercent: 90 },
  budgetUsd: 500,
};
