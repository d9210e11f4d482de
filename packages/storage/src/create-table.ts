import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Condition, Driver, IndexPage, Put, Row, StoredState } from './driver.ts';
import { createKeyQueue } from './key-queue.ts';
import { checkedEntry, pkOf } from './pk.ts';
import { CONTENTION_LIMIT_MS, untilWritten } from './retry.ts';
import { snapshotOf } from './snapshot.ts';
import type { Decision, Key, Kind, Snapshot, Table, TransactOptions, Versioned, Write } from './table.ts';

/** What a table needs besides its store. */
export interface TableOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The W3C trace context to store with what is written now. */
  readonly traceparent?: () => string | undefined;
  /** Called whenever a write met another one and is tried anew. */
  readonly onConflict?: () => void;
}

/** What an attempt came to: its result, and what is to be written. */
interface Decided<R> {
  readonly result: R;
  readonly puts: readonly Put[];
}

/** The table over a store: expiry, optimistic retries and pages, the same for every driver. */
export function createTable(
  driver: Driver,
  { now, traceparent = () => undefined, onConflict = () => undefined }: TableOptions,
): Table {
  const queue = createKeyQueue();
  const nowSeconds = () => Math.floor(now() / 1000);
  const alive = ({ expiresAt }: StoredState) => expiresAt === undefined || expiresAt > nowSeconds();

  async function read(pks: readonly string[], consistent: boolean): Promise<Map<string, Versioned>> {
    const rows = await driver.read([...new Set(pks)], { consistent });
    return new Map(rows.filter(alive).map(({ pk, state }) => [pk, state]));
  }

  /** Nothing may have changed since `current` was read. */
  function unchanged(current: Versioned | undefined): Condition {
    if (current) return { is: 'version', version: current.version };
    return { is: 'absent', now: nowSeconds() };
  }

  function rowOf<S extends Versioned>({ kind, id }: Key<S>, state: S, events: Row['events']): Row {
    const index = kind.index?.(state);
    if (index?.partition === '' || index?.sort === '') throw new Error(`${kind.name}: an empty index key`);
    if (index) checkedEntry(index);
    return {
      pk: pkOf({ kind, id }),
      version: state.version,
      state,
      events,
      traceparent: traceparent(),
      index,
      expiresAt: kind.expiresAt?.(state),
    };
  }

  /** The write of a decision about `current`, or undefined where nothing changes. */
  function putOf<S extends Versioned>(
    key: Key<S>,
    current: Versioned | undefined,
    decision: Decision<S>,
  ): Put | undefined {
    const pk = pkOf(key);
    const { state, events } = decision;
    if (state === current) {
      if (events.length > 0) throw new Error(`${pk}: events without a new state would be lost`);
      return undefined;
    }
    if (state === undefined) throw new Error(`${pk}: an item is not removed but replaced by a tombstone`);
    if (!(Number.isSafeInteger(state.version) && state.version > (current?.version ?? 0))) {
      throw new Error(`${pk}: version ${state.version} does not follow ${current?.version ?? 0}`);
    }
    return { pk, condition: unchanged(current), row: rowOf(key, state, events) };
  }

  /** Reads, decides and writes under the guard of every version that was read, until it succeeds. */
  function readDecideWrite<R>(
    pks: readonly string[],
    decide: (states: ReadonlyMap<string, Versioned>) => Decided<R> | Promise<Decided<R>>,
  ): Promise<R> {
    const deadline = performance.now() + CONTENTION_LIMIT_MS;
    return queue(pks, () =>
      untilWritten(
        deadline,
        async () => {
          const states = await read(pks, true);
          const { result, puts } = await decide(states);
          if (puts.length === 0) return { result };
          const written = new Set(puts.map(({ pk }) => pk));
          const checks = pks
            .filter((pk) => !written.has(pk))
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
      return (await read([pk], consistent)).get(pk) as S | undefined;
    },

    async getMany<S extends Versioned>(keys: readonly Key<S>[]) {
      return [...(await read(keys.map(pkOf), false)).values()] as S[];
    },

    async update<S extends Versioned, D extends Decision<S>>(
      key: Key<S>,
      decide: (current: S | undefined) => D,
    ) {
      const pk = pkOf(key);
      return readDecideWrite([pk], (states) => {
        const current = states.get(pk) as S | undefined;
        const result = decide(current);
        const put = putOf(key, current, result);
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
      { beside }: TransactOptions = {},
    ) {
      const pks = [...new Set(keys.map(pkOf))];
      if (pks.length > 100) throw new RangeError('A transaction has at most 100 keys');
      return readDecideWrite(pks, async (states) => {
        const own = snapshotOf(pks, states);
        const besidePks = beside?.(own).map(pkOf) ?? [];
        const all = beside
          ? snapshotOf([...besidePks, ...pks], new Map([...(await read(besidePks, true)), ...states]))
          : own;
        const result = decide(all);
        const puts = result.writes.flatMap(
          ({ key, ...decision }) => putOf(key, own.get(key), decision) ?? [],
        );
        if (new Set(puts.map(({ pk }) => pk)).size < puts.length) throw new Error('Two writes of one item');
        return { result, puts };
      });
    },

    async query<S extends Versioned>(
      kind: Kind<S>,
      { index, partition, limit, cursor }: Parameters<Table['query']>[1],
    ) {
      if (!(Number.isSafeInteger(limit) && limit >= 1)) throw new RangeError(`limit: ${limit}`);
      let after = cursor === undefined ? undefined : decodeCursor(cursor, index, partition);
      if (partition === '') return { items: [] };
      const found: IndexPage['rows'][number][] = [];
      do {
        const page = await driver.queryIndex({ index, partition, limit: limit + 1, after });
        found.push(...page.rows.filter((row) => alive(row) && row.pk.startsWith(pkOf({ kind, id: '' }))));
        after = page.next;
      } while (found.length <= limit && after);

      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(({ state }) => state as S),
        ...(last && found.length > limit ? { cursor: encodeCursor(index, last.position) } : {}),
      };
    },

    ping: () => driver.ping(),
  };
}
