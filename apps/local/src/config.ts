import { cartTtl } from '@tandem/cart/config';
import { flag, logLevel, port, telemetryVariables } from '@tandem/chassis/config';
import { loadVariables, rateLimit } from '@tandem/chassis/limits';
import { holds, readCache } from '@tandem/product/config';
import { z } from 'zod';

/** The environment of `npm start`. */
export const localConfig = z.object({
  PORT: port.default(8080).describe('Port of the gateway; 0 takes any free one, as for all ports'),
  PRODUCT_PORT: port.default(8081).describe('Port of the Product service'),
  CART_PORT: port.default(8082).describe('Port of the Cart service'),
  AWS_PORT: port.default(4566).describe('Port of the SNS and SQS endpoint'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  DATA_DIR: z.string().default('.data').describe('Where the state is kept'),
  EPHEMERAL: flag.default(false).describe('1 keeps nothing'),
  SEED: flag.default(true).describe('0 starts without the demo products'),
  LOG_LEVEL: logLevel.default('warn').describe('The least severe log line that is written'),
  RATE_LIMIT: rateLimit
    .default(0)
    .describe('Requests a second of one client (the subject of a token, else an address); 0 for no limit'),
  ...readCache,
  ...holds,
  ...loadVariables,
  ...cartTtl,
  ...telemetryVariables,
  EMF: telemetryVariables.EMF.unwrap().default(false).describe('1 writes metrics, as the services do on AWS'),
});

export type LocalConfig = z.output<typeof localConfig>;

/** The environment of a system beside which others may run: each port is a free one. */
export const anyPorts = { PORT: '0', PRODUCT_PORT: '0', CART_PORT: '0', AWS_PORT: '0' };
