import { port, serviceVariables } from '@tandem/chassis/config';
import { limitVariables } from '@tandem/chassis/limits';
import { z } from 'zod';

/** The environment of the Product service. */
export const productConfig = z.object({
  PORT: port.default(8081).describe('Port to listen on'),
  ...serviceVariables,
  ...limitVariables,
  TOPIC_ARN: z.string().describe('The topic of the product events, for snapshots'),
});
