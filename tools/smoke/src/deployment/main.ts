/** Lambda function: the lifecycle hook that tests a deployment of a service before it gets requests of users. */
import { configOrExit, logLevel } from '@tandem/chassis/config';
import { createLogger } from '@tandem/chassis/logger';
import { z } from 'zod';
import { readSecret, requestToken } from './client-credentials.ts';
import { createDeploymentTest } from './test-deployment.ts';

const config = configOrExit(
  z.object({
    DEPLOYMENT_URL: z.url().describe('Base URL of the deployment'),
    TEST_PATH: z.string().describe('A path of the service that is deployed'),
    TEST_HEADER: z.string().describe('Name of the header that the rule for test traffic matches'),
    TEST_HEADER_VALUE: z.string().describe('Its value'),
    TOKEN_URL: z.url().optional().describe('Token endpoint of the issuer'),
    CLIENT_ID: z.string().default('').describe('Client that may write products'),
    CLIENT_SECRET_NAME: z.string().default('').describe('Name of the secret of AWS with its secret'),
    CLIENT_SCOPE: z.string().default('products:write').describe('Scope that is requested'),
    CLIENT_AUDIENCE: z.string().optional().describe('Audience that is requested, where the issuer needs one'),
    LOG_LEVEL: logLevel.default('info').describe('Minimum log level'),
  }),
  process.env,
);
const { TOKEN_URL: tokenUrl, CLIENT_ID: clientId, CLIENT_SCOPE: scope, CLIENT_AUDIENCE: audience } = config;

export const handler = createDeploymentTest({
  url: config.DEPLOYMENT_URL,
  testHeader: { [config.TEST_HEADER]: config.TEST_HEADER_VALUE },
  path: config.TEST_PATH,
  token:
    tokenUrl === undefined
      ? undefined
      : async () =>
          requestToken(
            { tokenUrl, clientId, scope, audience },
            await readSecret(config.CLIENT_SECRET_NAME, process.env),
          ),
  log: createLogger({ name: 'deployment-test', level: config.LOG_LEVEL }),
});
