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

/** The longest hold, in seconds: as long as a user's cart lives. */
const MAX_HOLD_SECONDS = 30 * 24 * 60 * 60;

export const holds = {
  HOLD_SECONDS: integer(0, MAX_HOLD_SECONDS)
    .default(900)
    .describe(
      'How long a cart holds stock after the last change of the line, in seconds; 0: as long as the cart',
    ),
};

/** The environment of the Product service. */
export const productConfig = z.object({
  PORT: port.default(8081).describe('Port to listen on'),
  ...serviceVariables,
  ...limitVariables,
  ...readCache,
  ...holds,
  TOPIC_ARN: z.string().describe('The topic of the product events, for snapshots'),
});
