import type { SettingsInput } from '../src/settings.ts';

/** Staging: like production but smaller, in the same account or another. */
export const staging: SettingsInput = {
  region: 'us-east-1',
  namePrefix: 'staging-',
  bootstrapQualifier: 'tandemstg',
  auth: {
    issuer: 'https://issuer.example.com/',
    audience: 'tandem-staging',
    jwksUrl: 'https://issuer.example.com/.well-known/jwks.json',
  },
  // Test data only. With a domain, remove this.
  plainHttp: true,
  // Its alarms show in the console. To test the notifications, set alerts.
  unwatched: true,
  tasks: { min: 1, max: 2 },
  logRetentionDays: 14,
};
