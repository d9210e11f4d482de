import type { Identity } from '@tandem/chassis/http/auth';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import type { Page, Query, Table } from '@tandem/storage/table';
import type { CartDecision, Times } from '../domain/cart.ts';
import type { Catalog } from '../domain/catalog.ts';
import type { ExpectedTotal } from '../domain/checkout.ts';
import type { CartView, VisibleCart } from '../domain/view.ts';
import type { ResponseNotifier } from './response-notifier.ts';

/** The caller of a command, with its preconditions. */
export interface Caller {
  /** The user; a guest has no identity. */
  readonly identity: Pick<Identity, 'subject'> | undefined;
  /** Set for a request with an Idempotency-Key. */
  readonly idempotent: IdempotentRequest | undefined;
  /** Whether the caller knows the secret of this guest's cart. */
  readonly knowsSecretOf: (cartId: string) => boolean;
  /**
   * Time at which a guest's cart was opened, in milliseconds since the epoch, by the API id that the caller knows:
   * until it has a line, such a cart is not stored. Default: none, every cart is stored.
   */
  readonly openedAt?: (cartId: string) => number | undefined;
  /** Called with the number of lines that are read for the request, for each attempt. Default: nothing. */
  readonly onLinesRead?: (lines: number) => void;
  /** Whether the preconditions of the request allow a write of the cart. Default: it has none. */
  readonly meetsPreconditions?: (cart: CartView) => boolean;
  /** Waits without counting as a request in flight. Default: just waits. */
  readonly idle?: <T>(wait: () => Promise<T>) => Promise<T>;
}

export interface CartsDeps {
  readonly table: Table;
  /** Whether the read model is complete, so that a product that it does not have does not exist. */
  readonly isCatalogSynchronised: () => boolean;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /** Lifetime of a cart after its last change. */
  readonly ttlSeconds: { readonly guest: number; readonly user: number };
  /** Notifies waiting checkouts. Default: none, they only poll. */
  readonly notifier?: ResponseNotifier;
  /** Longest wait of a checkout for pending reservations. Default: 5 s. */
  readonly reservationWaitMs?: number;
}

/** A decision about a cart; the catalog has the entries of its products. */
export type Change = (cart: VisibleCart, catalog: Catalog, times: Times) => CartDecision;

/** A new cart. */
export interface OpenedCart {
  readonly cart: CartView;
  /** The sealed API id that is stored with the response; in a replayed response, that of the first request. */
  readonly sealedId?: string;
}

/** Query of a user's carts. */
export interface CartQuery extends Pick<Query, 'limit' | 'cursor'> {
  /** Default: open. */
  readonly status?: 'open' | 'checkedOut';
}

/** A page of carts, with the number of carts that were read for it. */
export interface CartPage extends Page<CartView> {
  readonly cartsRead: number;
}

/** The carts of the service, by public id. Rejects with `notFound` for a cart that the caller may not access. */
export interface Carts {
  /** Opens a cart with a new public id. `sealedId` is stored with the response to an idempotent request. */
  open(caller: Caller, cartId: string, sealedId?: string): Promise<OpenedCart>;
  read(caller: Caller, cartId: string): Promise<CartView>;
  /** Lists the user's open carts, the most recently changed first, or orders, the newest first; empty for a guest. */
  list(identity: Caller['identity'], query: CartQuery): Promise<CartPage>;
  /**
   * Applies a change; resolves to the cart after it. A change decides about `productIds` alone: what the cart shows of other lines
   * may be a second old. Without `productIds` it decides about the products of all lines.
   */
  change(caller: Caller, cartId: string, change: Change, ...productIds: string[]): Promise<CartView>;
  /** Like `change`, about `productIds` alone, none of them included: no other product is read. It takes no idempotency key. */
  changeOnly(caller: Caller, cartId: string, change: Change, ...productIds: string[]): Promise<void>;
  /** Moves the lines of the source to the target; resolves to the target. */
  merge(caller: Caller, targetId: string, sourceId: string): Promise<CartView>;
  checkOut(caller: Caller, cartId: string, expected?: ExpectedTotal): Promise<CartView>;
  delete(caller: Caller, cartId: string): Promise<void>;
}
