import { z } from 'zod';

const httpsUrl = z.url({ protocol: /^https$/, error: 'expected a URL with https' });

/** How a new version of a service gets the requests. */
export const deploymentStrategy = z
  .enum(['rolling', 'blueGreen', 'linear', 'canary'])
  .default('rolling')
  .describe(
    'Deployment strategy: rolling with a circuit breaker; or beside the old tasks, with a test before they get requests: all at once (blueGreen), 20 % more each 3 minutes (linear), or 10 % for 5 minutes, then all (canary)',
  );

/** Client credentials for the test of a deployment. */
export const deploymentTest = z
  .strictObject({
    tokenUrl: httpsUrl,
    clientId: z.string().min(1),
    clientSecretName: z.string().min(1),
    scope: z.string().default('products:write'),
    audience: z.string().optional(),
  })
  .optional()
  .describe(
    'Token endpoint, and client with the scope products:write, with which the smoke test runs on the new tasks of a deployment that is not rolling: the name of its secret in Secrets Manager, in plain text; default: only the routes are tested',
  );
