import { cartTtl } from '@tandem/cart/config';
import { flag, logLevel, port, telemetryVariables } from '@tandem/chassis/config';
import { loadVariables, rateLimit } from '@tandem/chassis/limits';
import { holds, readCache } from '@tandem/product/config';
import { z } from 'zod';

/** Environment variables of `npm start`. */
export const localConfig = z.object({
  PORT: port
    .default(8080)
    .describe('Port of the gateway. For this and all other ports, 0 takes any free port'),
  PRODUCT_PORT: port.default(8081).describe('Port of the Product service'),
  CART_PORT: port.default(8082).describe('Port of the Cart service'),
  AWS_PORT: port.default(4566).describe('Port of the SNS and SQS endpoint'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  DATA_DIR: z.string().default('.data').describe('Directory of the stored state'),
  EPHEMERAL: flag.default(false).describe('1 keeps all state in memory, so that nothing is stored'),
  SEED: flag.default(true).describe('Create the demo products at the first start; 0 for none'),
  LOG_LEVEL: logLevel.default('warn').describe('Minimum log level'),
  RATE_LIMIT: rateLimit
    .default(0)
    .describe(
      'Requests per second of one client, by the subject of its token or else its address; 0 for no limit',
    ),
  ...readCache,
  ...holds,
  ...loadVariables,
  ...cartTtl,
  ...telemetryVariables,
  EMF: telemetryVariables.EMF.unwrap()
    .default(false)
    .describe('Write metrics to the log in CloudWatch embedded metric format, as on AWS'),
});

export type LocalConfig = z.output<typeof localConfig>;

/** Environment variables that give each part any free port, so that several systems can run at once. */
export const anyPorts = { PORT: '0', PRODUCT_PORT: '0', CART_PORT: '0', AWS_PORT: '0' };
