import type { Driver, StoredState } from '@tandem/storage/driver';
import { pkOf, partsOf } from '@tandem/storage/pk';
import { key, type EntityType, type Versioned } from '@tandem/storage/table';
import { carts } from '@tandem/cart/store/entity-types';
import { products, reservations } from '@tandem/product/store/entity-types';
import { type Facts, incarnationOf, type Pair, type StoredCart } from './facts.ts';

/** Read access to a table. */
export type TableReader = Pick<Driver, 'read' | 'scan'>;

export type AuditedTable = 'products' | 'carts';

/** Tables of a system. */
export interface Tables {
  /** Identifies the stored data: a scan position is valid only with the same id. */
  readonly id: string;
  readonly of: Readonly<Record<AuditedTable, TableReader>>;
  /** Number of segments of a table that are scanned in parallel. */
  readonly segments: number;
}

/** Limit of merges that are followed from cart to cart: a shopper signs in on several devices, not on dozens. */
const MAX_MERGES = 10;

/**
 * Creates a reader of products, reservations and carts. Consistent reads cost twice as much. `now` is milliseconds since the
 * epoch.
 */
export function createFactsReader({ of }: Pick<Tables, 'of'>, now: () => number) {
  const isLive = ({ expiresAt }: StoredState) => expiresAt === undefined || expiresAt > now() / 1000;
  async function read<S extends Versioned>(
    table: AuditedTable,
    kind: EntityType<S>,
    ids: readonly string[],
    consistent: boolean,
  ): Promise<Map<string, { readonly state: S; readonly isLive: boolean }>> {
    const pks = [...new Set(ids)].map((id) => pkOf(key(kind, id)));
    const rows = pks.length === 0 ? [] : await of[table].read(pks, { consistent });
    return new Map(rows.map((row) => [partsOf(row.pk).key, { state: row.state as S, isLive: isLive(row) }]));
  }

  const readCarts = async (ids: readonly string[], consistent: boolean): Promise<Map<string, StoredCart>> => {
    const stored = await read('carts', carts, ids, consistent);
    return new Map([...stored].map(([id, { state, isLive }]) => [id, { state, hasExpired: !isLive }]));
  };
  const readReservations = async (pairs: readonly Pair[], consistent: boolean) => {
    const stored = await read('products', reservations, pairs.map(pairId), consistent);
    return new Map([...stored].flatMap(([id, { state, isLive }]) => (isLive ? [[id, state] as const] : [])));
  };
  const readProducts = async (ids: readonly string[]) => {
    const stored = await read('products', products, ids, true);
    return new Map([...stored].map(([id, { state }]) => [id, state]));
  };
  /** Reads the cart that finally has the lines of a merged one, with its reservation. */
  const readMerged = async (
    { productId }: Pair,
    cart: StoredCart | undefined,
  ): Promise<NonNullable<Facts['mergedInto']> | undefined> => {
    let current = cart?.state;
    for (let merges = 0; current?.mergedInto !== undefined && merges < MAX_MERGES; merges++)
      current = (await readCarts([current.mergedInto], true)).get(current.mergedInto)?.state;
    if (!current || current === cart?.state) return undefined;
    const pair = { productId, cartId: current.cartId };
    return { cart: current, reservation: (await readReservations([pair], true)).get(pairId(pair)) };
  };

  return {
    carts: readCarts,
    reservations: readReservations,
    products: readProducts,
    merged: readMerged,

    /** Reads the facts of these pairs consistently, by pair id. */
    async facts(pairs: readonly Pair[]): Promise<Map<string, Facts>> {
      const [products, reservations] = await Promise.all([
        readProducts(pairs.map(({ productId }) => productId)),
        readReservations(pairs, true),
      ]);
      const carts = await readCarts(
        pairs.map(({ cartId }) => cartId),
        true,
      );
      const facts = pairs.map(async (pair): Promise<[string, Facts]> => {
        const cart = carts.get(pair.cartId);
        const mergedInto = await readMerged(pair, cart);
        const reservation = reservations.get(pairId(pair));
        const incarnation = incarnationOf(products.get(pair.productId));
        return [pairId(pair), { incarnation, reservation, cart, ...(mergedInto && { mergedInto }) }];
      });
      return new Map(await Promise.all(facts));
    },
  };
}

export type FactsReader = ReturnType<typeof createFactsReader>;

/** Id of a pair and of its reservation. */
export function pairId({ productId, cartId }: Pair): string {
  return `${productId}/${cartId}`;
}
