import { integer, logLevel, port } from '@tandem/chassis/config';
import { z } from 'zod';

const DAY = 24 * 60 * 60;
const seconds = integer(1, 10 * 365 * DAY);

/** How long carts live after their last change. */
export const cartTtl = {
  GUEST_CART_TTL_SECONDS: seconds
    .default(7 * DAY)
    .describe("How long a guest's cart lives after its last change"),
  USER_CART_TTL_SECONDS: seconds
    .default(30 * DAY)
    .describe("How long a user's cart lives after its last change"),
};

/** The environment of the Cart service. Region, credentials and endpoints are the AWS SDK's own variables. */
export const cartConfig = z.object({
  PORT: port.default(8082).describe('Port to listen on'),
  HOST: z.string().default('0.0.0.0').describe('Address to listen on'),
  LOG_LEVEL: logLevel.default('info').describe('The least severe log line that is written'),
  TABLE_NAME: z.string().describe('The DynamoDB table'),
  QUEUE_URL: z.url().describe('The queue of the product events'),
  AUTH_ISSUER: z.string().describe('The issuer of the tokens that are accepted'),
  AUTH_AUDIENCE: z.string().describe('The audience that a token must name'),
  AUTH_JWKS_URL: z.url().describe("Where the issuer's public keys are"),
  ...cartTtl,
});
