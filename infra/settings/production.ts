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
  // 24 of the 25 units that an account has for nothing, on two tables and two indexes.
  capacity: { mode: 'provisioned', minUnits: 6, maxUnits: 500 },
  budgetUsd: 500,
};
