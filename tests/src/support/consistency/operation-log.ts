/** Outcome of a change for its client: applied, rejected, or unknown because there was no response. */
export type Outcome =
  | { readonly status: 'done'; readonly version: number }
  | { readonly status: 'rejected' }
  | { readonly status: 'unknown' };

/** Change that a client requested. All changes of a product, and of a cart, are by the same client. */
export type Operation =
  | { readonly op: 'create'; readonly productId: string; readonly price: number; readonly inventory: number }
  | { readonly op: 'price'; readonly productId: string; readonly price: number }
  /** Delivery or loss of stock; also a count with an expected number, which is applied only if the stock did not change. */
  | { readonly op: 'stock'; readonly productId: string; readonly delta: number }
  | { readonly op: 'open'; readonly cartId: string }
  | {
      readonly op: 'add';
      readonly cartId: string;
      readonly productId: string;
      readonly qty: number;
      /** Whether it has an Idempotency-Key and was retried until it got a response. */
      readonly isKeyed?: true;
    }
  | { readonly op: 'set'; readonly cartId: string; readonly productId: string; readonly qty: number }
  /** Renews the holds of the cart's lines, and requests those that are missing. */
  | { readonly op: 'hold'; readonly cartId: string }
  | { readonly op: 'merge'; readonly cartId: string; readonly fromCartId: string }
  | { readonly op: 'checkOut'; readonly cartId: string };

/**
 * Log entry: an operation with its outcome. Entries of a client are in order, apart from concurrent adds. The outcome of merges
 * is known.
 */
export type Entry = Operation & { readonly outcome: Outcome };

/** Change with its outcome. */
interface Step<T> {
  readonly outcome: Outcome;
  readonly apply: (value: T) => T;
}

/** All possible values after these steps. */
export function possible<T>(initial: T, steps: readonly Step<T>[]): ReadonlySet<T> {
  return possibleFrom(new Set([initial]), steps);
}

/** All possible values after these steps, from any of the initial values. */
export function possibleFrom<T>(initial: ReadonlySet<T>, steps: readonly Step<T>[]): ReadonlySet<T> {
  return steps.reduce((values, { outcome: { status }, apply }) => {
    if (status === 'rejected') return values;
    const applied = [...values].map(apply);
    return new Set(status === 'done' ? applied : [...values, ...applied]);
  }, initial);
}

/** Newest version that a client received; 0 without one. */
export function newestVersion(entries: readonly Entry[]): number {
  return Math.max(0, ...entries.map(({ outcome }) => (outcome.status === 'done' ? outcome.version : 0)));
}
