import { integer, port, serviceVariables } from '@tandem/chassis/config';
import { limitVariables } from '@tandem/chassis/limits';
import { z } from 'zod';

export const readCache = {
  READ_CACHE_MS: integer(0, 60_000)
    .default(1_000)
    .describe(
      'For how long, in milliseconds, a product may be shown as it was, where another task changed it; 0 to read it each time',
    ),
};

/** The environment of the Product service. */
export const productConfig = z.object({
  PORT: port.default(8081).describe('Port to listen on'),
  ...serviceVariables,
  ...limitVariables,
  ...readCache,
  TOPIC_ARN: z.string().describe('The topic of the product events, for snapshots'),
});
