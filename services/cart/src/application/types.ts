import type { Identity } from '@tandem/chassis/http/auth';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import type { Page, Query, Table } from '@tandem/storage/table';
import type { CartDecision, Moment } from '../domain/cart.ts';
import type { Catalog } from '../domain/catalog.ts';
import type { AgreedTotal } from '../domain/checkout.ts';
import type { CartView, VisibleCart } from '../domain/view.ts';
import type { ResponseNotifier } from './response-notifier.ts';

/** The caller of a command, and its precondition. */
export interface Caller {
  /** The user; a guest has no identity. */
  readonly identity: Pick<Identity, 'subject'> | undefined;
  /** Set for a request with an Idempotency-Key. */
  readonly idempotent: IdempotentRequest | undefined;
  /** Whether the caller named this guest's cart by its secret. */
  readonly knowsSecretOf: (cartId: string) => boolean;
  /** Whether a write may go ahead on the cart as it is; absent where the caller has set no condition. */
  readonly isAllowedOn?: (cart: CartView) => boolean;
  /** Runs what only waits, so that meanwhile others are served in the caller's place; absent where places are not limited. */
  readonly idle?: <T>(wait: () => Promise<T>) => Promise<T>;
}

export interface CartsDeps {
  readonly table: Table;
  /** Whether the catalog is filled, so that a product it does not know does not exist. */
  readonly isCatalogSynchronised: () => boolean;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /** How long a cart lives after its last change. */
  readonly ttlSeconds: { readonly guest: number; readonly user: number };
  /** Wakes waiting checkouts; default: they poll alone. */
  readonly notifier?: ResponseNotifier;
  /** How long a checkout waits for stock that Product has not confirmed; default: 5 s. */
  readonly reservationWaitMs?: number;
}

/** A change of the first of some carts; the catalog knows the products of its lines. */
export type Change = (cart: VisibleCart, catalog: Catalog, moment: Moment) => CartDecision;

/** A cart that was opened. */
export interface OpenedCart {
  readonly cart: CartView;
  /** Stored with the cart for its caller alone; of a replayed response, that of the first request. */
  readonly sealedId?: string;
}

/** Which of a user's carts to list. */
export interface CartQuery extends Pick<Query, 'limit' | 'cursor'> {
  /** Default: open. */
  readonly status?: 'open' | 'checkedOut';
}

/** The carts of the service, by their public ids. A cart that the caller may not see is not found. */
export interface Carts {
  /** Opens a cart under a new public id. `sealedId` is stored with the response to a request that may be repeated. */
  open(caller: Caller, cartId: string, sealedId?: string): Promise<OpenedCart>;
  read(caller: Caller, cartId: string): Promise<CartView>;
  /** The user's open carts, newest change first, or orders, newest first; a guest has no list. */
  list(identity: Caller['identity'], query: CartQuery): Promise<Page<CartView>>;
  /** Makes one change, which knows the products of the cart's lines, and those of `productIds`; resolves to the cart after it. */
  change(caller: Caller, cartId: string, change: Change, ...productIds: string[]): Promise<CartView>;
  /** Moves the lines of the source to the target, which it resolves to. */
  merge(caller: Caller, targetId: string, sourceId: string): Promise<CartView>;
  checkOut(caller: Caller, cartId: string, agreed?: AgreedTotal): Promise<CartView>;
  delete(caller: Caller, cartId: string): Promise<void>;
}
