import { integer } from '@tandem/chassis/config';
import { defineService } from '@tandem/runtime/define-service';
import { createProductService } from './app.ts';
import { seed } from './seed.ts';

/** Longest hold, in seconds: the default lifetime of a user's cart. */
const MAX_HOLD_SECONDS = 30 * 24 * 60 * 60;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Definition of the Product service. */
export const service = defineService('product', {
  variables: {
    READ_CACHE_MS: integer(0, 60_000)
      .default(1_000)
      .describe(
        'Time to live of the cache of product reads, in milliseconds: changes by other tasks are visible after it; 0: no cache',
      ),
    HOLD_SECONDS: integer(0, MAX_HOLD_SECONDS)
      .default(900)
      .describe(
        'Seconds after the last change of a line until its hold expires; 0: holds last as long as their cart',
      ),
    HOLD_SWEEP_MS: integer(1, MAX_TIMER_MS)
      .optional()
      .describe(
        'Pause between two sweeps for overdue holds, in milliseconds; default: a quarter of a hold, from 250 to 10000',
      ),
  },
  create: (deps, config) =>
    createProductService({
      ...deps,
      readCacheMs: config.READ_CACHE_MS,
      holdSeconds: config.HOLD_SECONDS,
      sweepMs: config.HOLD_SWEEP_MS,
    }),
  seed,
});
