import { logLevel, port } from '@tandem/chassis/config';
import { z } from 'zod';

/** The environment of the Product service. Region, credentials and endpoints are the AWS SDK's own variables. */
export const productConfig = z.object({
  PORT: port.default(8081).describe('Port to listen on'),
  HOST: z.string().default('0.0.0.0').describe('Address to listen on'),
  LOG_LEVEL: logLevel.default('info').describe('The least severe log line that is written'),
  TABLE_NAME: z.string().describe('The DynamoDB table'),
  TOPIC_ARN: z.string().describe('The topic of the product events, for snapshots'),
  QUEUE_URL: z.url().describe('The queue of the cart events'),
  AUTH_ISSUER: z.string().describe('The issuer of the tokens that are accepted'),
  AUTH_AUDIENCE: z.string().describe('The audience that a token must name'),
  AUTH_JWKS_URL: z.url().describe("Where the issuer's public keys are"),
});
