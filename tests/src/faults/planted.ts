import type { Store } from '@tandem/local/system/store';
import type { Put } from '@tandem/storage/driver';

const WRONG_STOCK = /: inventory \d+ and held or sold/;

/**
 * Faults in the system itself, of the kinds that the checker is there for. Each is planted in the role that it names,
 * and shows in what the checker says.
 */
export const planted = {
  'a relay that drops': { role: 'cart-relay', wrap: dropping, shows: WRONG_STOCK },
  'a consumer that doubles': { role: 'product', wrap: doubling, shows: WRONG_STOCK },
  'a snapshot that overwrites newer': { role: 'cart', wrap: overwriting, shows: / in a cart is / },
} as const;

export type Planted = keyof typeof planted;

/** Every seventh change is behind the checkpoint and was never published. */
function dropping(store: Store): Store {
  let count = 0;
  const { feed } = store;
  return {
    ...store,
    feed: {
      ...feed,
      async read(limit, signal) {
        const changes = await feed.read(limit, signal);
        const kept = changes.filter(() => ++count % 7 > 0);
        const last = changes.at(-1);
        if (kept.length === 0 && last) await feed.checkpoint(last);
        return kept;
      },
    },
  };
}

/** What a reservation takes from the shelf it takes twice. */
function doubling(store: Store): Store {
  const stock = new Map<string, number>();
  const twice = (put: Put): Put => {
    const state = put.row?.state as { inventory?: number } | undefined;
    if (!put.row || state?.inventory === undefined) return put;
    const before = stock.get(put.pk) ?? state.inventory;
    stock.set(put.pk, state.inventory);
    const inventory = Math.max(0, state.inventory - Math.max(0, before - state.inventory));
    return { ...put, row: { ...put.row, state: { ...put.row.state, inventory } as never } };
  };
  return withWrite(store, (puts) => (puts.length > 1 ? puts.map(twice) : puts));
}

/** Every third time that Cart's copy is told of a product it becomes what it was told first, newer or not. */
function overwriting(store: Store): Store {
  let count = 0;
  const told = new Map<string, Put>();
  const stale = (put: Put): Put => {
    if (put.condition.is !== 'older') return put;
    const first = told.get(put.pk) ?? put;
    told.set(put.pk, first);
    const condition = { ...put.condition, than: Number.MAX_SAFE_INTEGER };
    return { ...(++count % 3 === 0 ? first : put), condition };
  };
  return withWrite(store, (puts) => puts.map(stale));
}

function withWrite(store: Store, change: (puts: readonly Put[]) => readonly Put[]): Store {
  const { driver } = store;
  return { ...store, driver: { ...driver, write: (puts) => driver.write(change(puts)) } };
}
