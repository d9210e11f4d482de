/** What a client was told of a change: it happened, it was refused and did not, or the answer never came. */
export type Outcome =
  | { readonly status: 'done'; readonly version: number }
  | { readonly status: 'refused' }
  | { readonly status: 'unknown' };

/** A change that a client asked for. Of one product, and of one cart, all changes are by the same client. */
export type Operation =
  | { readonly op: 'create'; readonly productId: string; readonly price: number; readonly inventory: number }
  | { readonly op: 'price'; readonly productId: string; readonly price: number }
  /** A delivery or a loss; also a count that expected another number, so that it happened only if nothing else did between. */
  | { readonly op: 'stock'; readonly productId: string; readonly delta: number }
  | { readonly op: 'open'; readonly cartId: string }
  | {
      readonly op: 'add';
      readonly cartId: string;
      readonly productId: string;
      readonly qty: number;
      /** Whether it was asked with an Idempotency-Key, until it was answered. */
      readonly isKeyed?: true;
    }
  | { readonly op: 'set'; readonly cartId: string; readonly productId: string; readonly qty: number }
  /** Renews the holds of the cart's lines, and requests those that are missing. */
  | { readonly op: 'hold'; readonly cartId: string }
  | { readonly op: 'merge'; readonly cartId: string; readonly fromCartId: string }
  | { readonly op: 'checkOut'; readonly cartId: string };

/** An operation and its answer. A client's entries follow one another; adds that ran at once stand in any order. Of merges and checkouts the outcome is known. */
export type Entry = Operation & { readonly outcome: Outcome };

/** A change that did happen, did not, or may have. */
interface Step<T> {
  readonly outcome: Outcome;
  readonly apply: (value: T) => T;
}

/** All that could be true after these steps. */
export function possible<T>(initial: T, steps: readonly Step<T>[]): ReadonlySet<T> {
  return possibleFrom(new Set([initial]), steps);
}

/** All that could be true after these steps, where any of these was before. */
export function possibleFrom<T>(initial: ReadonlySet<T>, steps: readonly Step<T>[]): ReadonlySet<T> {
  return steps.reduce((values, { outcome: { status }, apply }) => {
    if (status === 'refused') return values;
    const applied = [...values].map(apply);
    return new Set(status === 'done' ? applied : [...values, ...applied]);
  }, initial);
}

/** The newest version that a client was told; 0 where it was told none. */
export function newestVersion(entries: readonly Entry[]): number {
  return Math.max(0, ...entries.map(({ outcome }) => (outcome.status === 'done' ? outcome.version : 0)));
}
