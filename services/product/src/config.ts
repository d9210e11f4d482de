import { integer, port, serviceVariables } from '@tandem/chassis/config';
import { limitVariables } from '@tandem/chassis/limits';
import { z } from 'zod';

export const readCache = {
  READ_CACHE_MS: integer(0, 60_000)
    .default(1_000)
    .describe(
      'Time to live of the cache of product reads, in milliseconds: changes by other tasks are visible after it; 0: no cache',
    ),
};

/** The longest hold, in seconds: as long as a user's cart lives. */
const MAX_HOLD_SECONDS = 30 * 24 * 60 * 60;

export const holds = {
  HOLD_SECONDS: integer(0, MAX_HOLD_SECONDS)
    .default(900)
    .describe(
      'Seconds after the last change of a line until its hold expires; 0: holds last as long as their cart',
    ),
};

/** The environment of the Product service. */
export const productConfig = z.object({
  PORT: port.default(8081).describe('Port to listen on'),
  ...serviceVariables,
  ...limitVariables,
  ...readCache,
  ...holds,
  TOPIC_ARN: z.string().describe('ARN of the topic of product events, for snapshots'),
});
