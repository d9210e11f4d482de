import type { Logger } from '@tandem/chassis/logger';
import type { Store } from './store.ts';

/** Interval of TTL deletion of expired items. DynamoDB may take hours. */
const EXPIRY_INTERVAL_MS = 500;

/** Starts the TTL deletion of a store's expired items, until its disposal. */
export function startExpiry(store: Store, logger: Pick<Logger, 'error'>): Disposable {
  const timer = setInterval(() => {
    try {
      store.removeExpired?.(Math.floor(Date.now() / 1000));
    } catch (err) {
      logger.error({ err }, 'removing expired items failed, will retry');
    }
  }, EXPIRY_INTERVAL_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
