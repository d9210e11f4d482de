/** Notifies checkouts of this process that wait for reservation responses to their cart. */
export interface ResponseNotifier {
  /** Call once responses to the cart are stored. */
  notify(cartId: string): void;
  /** Resolves at the next notification of the cart, or after `timeoutMs`. */
  next(cartId: string, timeoutMs: number): Promise<void>;
}

export function createResponseNotifier(): ResponseNotifier {
  const listeners = new Map<string, Set<() => void>>();

  return {
    notify(cartId) {
      for (const wake of listeners.get(cartId) ?? []) wake();
    },

    next(cartId, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cartListeners = listeners.get(cartId) ?? new Set();
      listeners.set(cartId, cartListeners);
      const wake = () => {
        clearTimeout(timer);
        cartListeners.delete(wake);
        if (cartListeners.size === 0 && listeners.get(cartId) === cartListeners) listeners.delete(cartId);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      cartListeners.add(wake);
      return promise;
    },
  };
}
