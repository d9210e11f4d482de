import type { Condition, Driver, Put, StoredState } from './driver.ts';
import { furtherReads } from './further-reads.ts';
import { createKeyQueue } from './key-queue.ts';
import { listPage } from './list.ts';
import { pkOf } from './pk.ts';
import { CONTENTION_LIMIT_MS, untilWritten } from './retry.ts';
import { rowOf } from './row.ts';
import { snapshotOf } from './snapshot.ts';
import type { Decision, Key, Snapshot, Table, TransactOptions, Versioned, Write } from './table.ts';

/** Dependencies of a table in addition to its store. */
export interface TableOptions {
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
  /** The W3C traceparent to store with the events of a write. */
  readonly traceparent?: () => string | undefined;
  /** Called for each decision that conflicts with the write of another one, before its retry. */
  readonly onConflict?: () => void;
}

/** The items that were read, expired or not, by partition key. */
type StoredItems = ReadonlyMap<string, StoredState>;

/** Result of a decision, and its writes. */
interface Attempt<R> {
  readonly result: R;
  readonly puts: readonly Put[];
}

/** DynamoDB's limit of items in one transaction. */
const MAX_TRANSACTION_ITEMS = 100;

/** Creates a table on a driver: expiry, optimistic concurrency and pagination are the same for every store. */
export function createTable(
  driver: Driver,
  { now, traceparent = () => undefined, onConflict = () => undefined }: TableOptions,
): Table {
  const queue = createKeyQueue();
  const nowSeconds = () => Math.floor(now() / 1000);
  const isLive = ({ expiresAt }: StoredState) => expiresAt === undefined || expiresAt > nowSeconds();

  async function read(pks: readonly string[], consistent: boolean): Promise<StoredItems> {
    const rows = pks.length === 0 ? [] : await driver.read([...new Set(pks)], { consistent });
    return new Map(rows.map((row) => [row.pk, row]));
  }

  /** Whether the items are those that were read before. */
  async function areUnchanged(pks: readonly string[], before: StoredItems): Promise<boolean> {
    const now = await read(pks, true);
    return pks.every((pk) => now.get(pk)?.version === before.get(pk)?.version);
  }

  function liveStates(storedItems: StoredItems): ReadonlyMap<string, Versioned> {
    return new Map([...storedItems.values()].filter(isLive).map(({ pk, state }) => [pk, state]));
  }

  /** Condition that an item has not changed since it was read. */
  function unchanged(current: Versioned | undefined): Condition {
    if (current) return { is: 'version', version: current.version };
    return { is: 'absent', now: nowSeconds() };
  }

  /** The write of a decision about `current`; undefined if the state does not change. */
  function putOf<S extends Versioned>(
    key: Key<S>,
    current: Versioned | undefined,
    decision: Decision<S>,
    storedItems: StoredItems,
  ): Put | undefined {
    const pk = pkOf(key);
    const { state, events } = decision;
    if (state === current) {
      if (events.length > 0) throw new Error(`${pk}: events without a new state would be lost`);
      return undefined;
    }
    if (state === undefined) throw new Error(`${pk}: an item cannot be removed. Replace it by a tombstone.`);
    if (!(Number.isSafeInteger(state.version) && state.version > (current?.version ?? 0))) {
      throw new Error(`${pk}: version ${state.version} does not follow ${current?.version ?? 0}`);
    }
    const { lineage } = storedItems.get(pk) ?? {};
    const trace = events.length > 0 ? traceparent() : undefined;
    return { pk, condition: unchanged(current), row: rowOf(key, state, events, trace), lineage };
  }

  /**
   * Retries an attempt until its writes are committed, on condition that the items under its keys, except `unguarded` ones,
   * have not changed since they were read. Attempts of this process with a common key are serialized.
   *
   * Several items are not read at one moment. A decision that writes nothing therefore reads its guarded items once more: if
   * none has changed, all were as read at the moment between both reads.
   */
  function untilCommitted<R>(
    pks: readonly string[],
    attempt: (storedItems: StoredItems, states: ReadonlyMap<string, Versioned>) => Promise<Attempt<R>>,
    unguarded: readonly string[] = [],
    firstPks = pks,
  ): Promise<R> {
    const deadline = performance.now() + CONTENTION_LIMIT_MS;
    const guarded = pks.filter((pk) => !unguarded.includes(pk));
    return queue(pks, () =>
      untilWritten(
        deadline,
        async () => {
          const storedItems = await read(firstPks, true);
          const states = liveStates(storedItems);
          const { result, puts } = await attempt(storedItems, states);
          if (puts.length === 0) {
            const isValid = guarded.length < 2 || (await areUnchanged(guarded, storedItems));
            return isValid ? { result } : undefined;
          }
          const writtenPks = new Set(puts.map(({ pk }) => pk));
          const checks = guarded
            .filter((pk) => !writtenPks.has(pk))
            .map((pk): Put => ({ pk, condition: unchanged(states.get(pk)) }));
          return (await driver.write([...puts, ...checks])) === 'written' ? { result } : undefined;
        },
        onConflict,
      ),
    );
  }

  return {
    async get<S extends Versioned>(key: Key<S>, { consistent = true } = {}) {
      const pk = pkOf(key);
      return liveStates(await read([pk], consistent)).get(pk) as S | undefined;
    },

    async read(keys, { consistent = true } = {}) {
      const pks = keys.map(pkOf);
      return snapshotOf(pks, liveStates(await read(pks, consistent)));
    },

    async getMany<S extends Versioned>(keys: readonly Key<S>[]) {
      return [...liveStates(await read(keys.map(pkOf), false)).values()] as S[];
    },

    async update<S extends Versioned, D extends Decision<S>>(
      key: Key<S>,
      decide: (current: S | undefined) => D,
    ) {
      const pk = pkOf(key);
      return untilCommitted([pk], async (storedItems, states) => {
        const current = states.get(pk) as S | undefined;
        const result = decide(current);
        const put = putOf(key, current, result, storedItems);
        return { result, puts: put ? [put] : [] };
      });
    },

    async putIfNewer<S extends Versioned>(key: Key<S>, state: S) {
      const row = rowOf(key, state, []);
      return untilWritten(
        performance.now() + CONTENTION_LIMIT_MS,
        async () => {
          const condition: Condition = { is: 'older', than: state.version, now: nowSeconds() };
          const outcome = await driver.write([{ pk: row.pk, condition, row }]);
          return outcome === 'contended' ? undefined : { result: outcome === 'written' };
        },
        onConflict,
      );
    },

    async transact<R extends { readonly writes: readonly Write[] }>(
      keys: readonly Key<Versioned>[],
      decide: (read: Snapshot) => R,
      options: TransactOptions = {},
    ) {
      const pks = [...new Set(keys.map(pkOf))];
      if (pks.length > MAX_TRANSACTION_ITEMS) throw tooManyItems();
      const firstPks = [...new Set([...pks, ...(options.earlyReads ?? []).map(pkOf)])];
      const attempt = async (firstItems: StoredItems, firstStates: ReadonlyMap<string, Versioned>) => {
        const { additionalPks, stalePks } = furtherReads(snapshotOf(pks, firstStates), firstPks, options);
        const [items, staleItems] = await Promise.all([read(additionalPks, true), read(stalePks, false)]);
        const storedItems: StoredItems = new Map([...staleItems, ...items, ...firstItems]);
        const snapshot = snapshotOf(
          [...firstPks, ...additionalPks, ...stalePks],
          new Map([...liveStates(storedItems), ...firstStates]),
        );
        const result = decide(snapshot);
        const puts = result.writes.flatMap(
          ({ key, ...decision }) => putOf(key, snapshot.get(key), decision, storedItems) ?? [],
        );
        const writtenPks = puts.map(({ pk }) => pk);
        if (new Set([...writtenPks, ...stalePks]).size < puts.length + stalePks.length)
          throw new Error('Two writes of one item, or one of an item that may be stale');
        if (new Set([...pks, ...writtenPks]).size > MAX_TRANSACTION_ITEMS) throw tooManyItems();
        return { result, puts };
      };
      return untilCommitted(pks, attempt, options.guardedIfWritten?.map(pkOf), firstPks);
    },

    query: async (kind, query) => listPage(driver, kind, query, isLive),

    ping: () => driver.ping(),
  };
}

function tooManyItems(): RangeError {
  return new RangeError(`A transaction may have at most ${MAX_TRANSACTION_ITEMS} own and written items`);
}
