import type { Role } from '@tandem/local/processes/role-names';
import type { Store } from '@tandem/local/system/store';
import type { Put, StoredState } from '@tandem/storage/driver';
import type { InjectedFault } from './fault-injector.ts';

const LOST_REQUEST = /units on hand.*units stocked is|units held is|a hold of \d+ is pending/;

/**
 * Planted bugs of the kinds that the checker must detect. Each is planted in its role, and `violation` matches the one that the
 * checker reports. `perMille` is the probability of injected faults (default: 0), `faults` selects them.
 */
export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  'a relay that drops': { role: 'cart-relay', wrap: dropping, violation: LOST_REQUEST },
  'a consumer that doubles': { role: 'product', wrap: doubling, violation: /units held is/ },
  'a snapshot that overwrites newer': { role: 'cart', wrap: overwriting, violation: / in a cart/ },
  'a sweep that returns no units': { role: 'product', wrap: keepingUnits, violation: /units held is/ },
  'an expired hold that a duplicate grants again': {
    role: 'product',
    wrap: forgettingExpiry,
    perMille: 300,
    faults: ['sent again late'],
    // Holds expire after 8 seconds: requests of the first half are repeated after that.
    durationMs: 25_000,
    violation: /was held again after its hold expired/,
  },
};

interface PlantedBug {
  readonly role: Role;
  readonly wrap: (store: Store) => Store;
  readonly perMille?: number;
  readonly faults?: readonly InjectedFault[];
  /** Duration of load and faults; default: 10 seconds. */
  readonly durationMs?: number;
  readonly violation: RegExp;
}

/** Skips every seventh change, but moves the checkpoint behind it. */
function dropping(store: Store): Store {
  let count = 0;
  const { feed } = store;
  return {
    ...store,
    feed: {
      ...feed,
      async read(limit, signal) {
        const changes = await feed.read(limit, signal);
        const remaining = changes.filter(() => ++count % 7 > 0);
        const last = changes.at(-1);
        if (remaining.length === 0 && last) await feed.checkpoint(last);
        return remaining;
      },
    },
  };
}

/** Counts the units that a request holds twice. */
function doubling(store: Store): Store {
  const counted = new Map<string, number>();
  const twice = (put: Put): Put => {
    const { held } = stateOf(put);
    if (!isProduct(put) || held === undefined) return put;
    const before = counted.get(put.pk) ?? held;
    const doubled = held + Math.max(0, held - before);
    counted.set(put.pk, doubled);
    return withState(put, { held: doubled });
  };
  return withWrite(store, (puts) => (puts.length > 1 ? puts.map(twice) : puts));
}

/** Counts the units of an expired hold as still held. */
function keepingUnits(store: Store): Store {
  const unitsOf = (put: Put) => {
    const { outcome, requestedQty = 0 } = stateOf(put);
    return outcome === 'expired' ? requestedQty : 0;
  };
  return withWrite(store, (puts) => {
    const expired = puts.reduce((sum, put) => sum + unitsOf(put), 0);
    return puts.map((put) =>
      isProduct(put) && expired > 0 ? withState(put, { held: (stateOf(put).held ?? 0) + expired }) : put,
    );
  });
}

/** Forgets expired holds, so that a duplicate of their request looks new. */
function forgettingExpiry(store: Store): Store {
  const { driver } = store;
  const forget = (item: StoredState): StoredState => {
    const { outcome, cartVersion = 0 } = item.state as StockState;
    return outcome === 'expired'
      ? { ...item, state: { ...item.state, cartVersion: cartVersion - 1 } as never }
      : item;
  };
  return {
    ...store,
    driver: {
      ...driver,
      read: async (pks, options) => (await driver.read(pks, options)).map(forget),
    },
  };
}

/** Overwrites Cart's read model of a product with its first version at every third update. */
function overwriting(store: Store): Store {
  let count = 0;
  const firstPuts = new Map<string, Put>();
  const stale = (put: Put): Put => {
    if (put.condition.is !== 'older') return put;
    const first = firstPuts.get(put.pk) ?? put;
    firstPuts.set(put.pk, first);
    const condition = { ...put.condition, than: Number.MAX_SAFE_INTEGER };
    return { ...(++count % 3 === 0 ? first : put), condition };
  };
  return withWrite(store, (puts) => puts.map(stale));
}

/** Fields of a product or a reservation that the bugs read. */
interface StockState {
  readonly held?: number;
  readonly outcome?: string;
  readonly requestedQty?: number;
  readonly cartVersion?: number;
}

function stateOf({ row }: Put): StockState {
  return (row?.state as StockState | undefined) ?? {};
}

function isProduct({ pk }: Put): boolean {
  return pk.startsWith('product#');
}

function withState(put: Put, by: StockState): Put {
  return put.row ? { ...put, row: { ...put.row, state: { ...put.row.state, ...by } } } : put;
}

function withWrite(store: Store, change: (puts: readonly Put[]) => readonly Put[]): Store {
  const { driver } = store;
  return { ...store, driver: { ...driver, write: (puts) => driver.write(change(puts)) } };
}
