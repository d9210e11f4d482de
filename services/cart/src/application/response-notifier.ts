/** Wakes those of this process who wait for Product's response to a cart. */
export interface ResponseNotifier {
  /** Responses to the cart were stored. */
  notify(cartId: string): void;
  /** Resolves at the next notification of the cart, or after `timeoutMs`. */
  next(cartId: string, timeoutMs: number): Promise<void>;
}

export function createResponseNotifier(): ResponseNotifier {
  const waiting = new Map<string, Set<() => void>>();

  return {
    notify(cartId) {
      for (const wake of waiting.get(cartId) ?? []) wake();
    },

    next(cartId, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const ofCart = waiting.get(cartId) ?? new Set();
      waiting.set(cartId, ofCart);
      const wake = () => {
        clearTimeout(timer);
        ofCart.delete(wake);
        if (ofCart.size === 0 && waiting.get(cartId) === ofCart) waiting.delete(cartId);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      ofCart.add(wake);
      return promise;
    },
  };
}
