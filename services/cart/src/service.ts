import { integer } from '@tandem/chassis/config';
import { defineService } from '@tandem/runtime/define-service';
import { createCartService } from './app.ts';
import { eventsForExpiredItem } from './messaging/expired.ts';

const DAY = 24 * 60 * 60;
const seconds = integer(1, 10 * 365 * DAY);

/** Definition of the Cart service. */
export const service = defineService('cart', {
  variables: {
    READ_CACHE_MS: integer(0, 60_000)
      .default(1_000)
      .describe(
        'Time to live of the cache of product reads, in milliseconds: changes by other tasks are visible after it; 0: no cache',
      ),
    GUEST_CART_TTL_SECONDS: seconds
      .default(7 * DAY)
      .describe("Lifetime of a guest's cart after its last change, in seconds"),
    USER_CART_TTL_SECONDS: seconds
      .default(30 * DAY)
      .describe("Lifetime of a user's cart after its last change, in seconds"),
  },
  create: (deps, config) =>
    createCartService({
      ...deps,
      readCacheMs: config.READ_CACHE_MS,
      ttlSeconds: { guest: config.GUEST_CART_TTL_SECONDS, user: config.USER_CART_TTL_SECONDS },
    }),
  eventsForExpiredItem,
});
