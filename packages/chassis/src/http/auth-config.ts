import type { z } from 'zod';
import type { serviceVariables } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createAuthenticator } from './auth.ts';
import type { FetchingAuthenticator } from './auth.ts';

/** Creates the authenticator that the environment of a service describes. Failures to fetch the issuer's keys are logged. */
export function authenticatorOf(
  config: z.output<z.ZodObject<typeof serviceVariables>>,
  logger: Pick<Logger, 'warn'>,
): FetchingAuthenticator {
  return createAuthenticator({
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
    jwks: new URL(config.AUTH_JWKS_URL),
    scopeClaims: config.AUTH_SCOPE_CLAIMS,
    scopes: config.AUTH_SCOPES ?? {},
    maxTokenSeconds: config.AUTH_MAX_TOKEN_SECONDS,
    onKeysFailure: (err) => logger.warn({ err }, "issuer's keys not fetched"),
  });
}
