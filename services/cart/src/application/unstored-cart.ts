import { type Cart, openCart } from '../domain/cart.ts';

/** Largest difference between the clocks of two tasks. */
const MAX_CLOCK_SKEW_MS = 60_000;

/**
 * The empty cart of a guest, as it was opened at a time in milliseconds since the epoch: it is not stored until it
 * changes. Undefined once it has expired, and for a time in the future.
 */
export function unstoredCart(
  cartId: string,
  openedAtMs: number,
  now: string,
  ttlSeconds: number,
): Cart | undefined {
  const expiresAtMs = openedAtMs + ttlSeconds * 1000;
  const nowMs = Date.parse(now);
  // In whole seconds, as the table counts: a cart that was stored and has expired must not reappear as an empty one.
  const isExpired = Math.floor(expiresAtMs / 1000) * 1000 <= nowMs;
  if (openedAtMs > nowMs + MAX_CLOCK_SKEW_MS || isExpired) return undefined;
  const times = { now: new Date(openedAtMs).toISOString(), expiresAt: new Date(expiresAtMs).toISOString() };
  return openCart(cartId, null, times).state;
}
