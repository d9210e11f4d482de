import type { SettingsInput } from '../src/settings.ts';

/** Production: no name prefix, two tasks per service. */
export const production: SettingsInput = {
  region: 'us-east-1',
  bootstrapQualifier: 'tandemprod',
  // Analytics is not part of the shop: add it here to deploy it.
  services: ['product', 'cart'],
  auth: {
    issuer: 'https://issuer.example.com/',
    audience: 'tandem',
    jwksUrl: 'https://issuer.example.com/.well-known/jwks.json',
  },
  domain: { name: 'shop.example.com', zone: { id: 'Z0000000000000000000', name: 'example.com' } },
  // Bears any day at once. 'steady' is cheaper for a load near the peak, day and night (066).
  capacity: 'onDemand',
  alerts: { page: ['on-call@example.com'], ticket: ['operators@example.com'] },
  budgetUsd: 500,
};
