import { integer, port, serviceVariables } from '@tandem/chassis/config';
import { limitVariables } from '@tandem/chassis/limits';
import { z } from 'zod';

const DAY = 24 * 60 * 60;
const seconds = integer(1, 10 * 365 * DAY);

/** How long carts live after their last change. */
export const cartTtl = {
  GUEST_CART_TTL_SECONDS: seconds
    .default(7 * DAY)
    .describe("Lifetime of a guest's cart after its last change, in seconds"),
  USER_CART_TTL_SECONDS: seconds
    .default(30 * DAY)
    .describe("Lifetime of a user's cart after its last change, in seconds"),
};

/** The environment of the Cart service. */
export const cartConfig = z.object({
  PORT: port.default(8082).describe('Port to listen on'),
  ...serviceVariables,
  ...limitVariables,
  ...cartTtl,
});
