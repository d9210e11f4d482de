import { createUnitMeter } from '@tandem/bill/measure/units';
import type { TableFacts } from '@tandem/bill/facts';
import { DomainError, STORE_THROTTLED } from '@tandem/chassis/errors';
import type { TableName } from '@tandem/contracts/topology';
import { itemOf } from '@tandem/storage/dynamodb-items';
import type { Driver, Put } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';

/**
 * Seconds for which units are saved that were not used. DynamoDB saves those of provisioned capacity for five minutes (developer
 * guide, "Burst and adaptive capacity"); for on-demand's maximum it promises none.
 */
const BURST_SECONDS = { provisioned: 300, onDemand: 1 };

/** Provisioned units of a table or index, with those saved. */
interface Capacity {
  readonly perSecond: number;
  /** Most units that are saved. */
  readonly burst: number;
  saved: number;
  lowest: number;
  consumed: number;
}

/**
 * A table in memory that throttles like DynamoDB with this capacity: calls consume the units of the table and its
 * indexes that AWS's rules give for the items, and reject with `unavailable` once those are used up. Auto scaling, which
 * follows within minutes, is left out.
 */
export function openThrottlingStore(table: TableName, facts: readonly TableFacts[]) {
  const { driver, feed, removeExpired, close } = openSqlite(':memory:');
  const meter = createUnitMeter();
  const capacities = new Map<string, Capacity>();
  for (const { table: name, index, read, write } of facts) {
    if (name !== table) continue;
    for (const [kind, setting] of Object.entries({ read, write })) {
      const perSecond = setting.mode === 'provisioned' ? setting.min : setting.max;
      if (perSecond === undefined) throw new TypeError(`${name} has no limit of its capacity`);
      const resource = index === undefined ? name : `${name}/${index}`;
      const burst = perSecond * BURST_SECONDS[setting.mode];
      capacities.set(`${kind} ${resource}`, { perSecond, burst, saved: burst, lowest: burst, consumed: 0 });
    }
  }
  let isMetered = false;
  let throttled = 0;

  const consume = (operation: string, input: object, output: object | undefined) => {
    for (const [kind, resource, units] of meter.record(operation, input, output)) {
      const capacity = capacities.get(`${kind} ${resource}`);
      if (!capacity || !isMetered) continue;
      capacity.saved -= units;
      capacity.consumed += units;
      capacity.lowest = Math.min(capacity.lowest, capacity.saved);
    }
  };
  const admit = (...names: readonly string[]) => {
    if (!isMetered || names.every((name) => (capacities.get(name)?.saved ?? 1) > 0)) return;
    throttled += 1;
    throw new DomainError('unavailable', STORE_THROTTLED, 'The store throttles. Retry after a moment.');
  };
  const writing = [...capacities.keys()].filter((name) => name.startsWith('write'));
  const keyOf = (pk: string) => ({ pk: { S: pk } });
  const actionOf = ({ pk, row }: Put) =>
    row
      ? { Put: { TableName: table, Item: itemOf(row) } }
      : { ConditionCheck: { TableName: table, Key: keyOf(pk) } };

  const throttling: Driver = {
    ...driver,
    async read(pks, options) {
      admit(`read ${table}`);
      const rows = await driver.read(pks, options);
      const request = { Keys: pks.map(keyOf), ConsistentRead: options.consistent };
      consume('BatchGetItem', { RequestItems: { [table]: request } }, {});
      return rows;
    },
    async write(puts) {
      admit(...writing);
      const outcome = await driver.write(puts);
      const output = outcome === 'written' ? {} : undefined;
      const [first] = puts;
      if (puts.length === 1 && first?.row)
        consume('PutItem', { TableName: table, Item: itemOf(first.row) }, output);
      else consume('TransactWriteItems', { TransactItems: puts.map(actionOf) }, output);
      return outcome;
    },
    async queryIndex(query) {
      admit(`read ${table}/${query.index}`);
      const page = await driver.queryIndex(query);
      const keys = page.rows.map(({ pk }) => keyOf(pk));
      const items =
        query.index === 'byCategory'
          ? page.rows.map(({ pk, version, state }) => itemOf({ pk, version, state, events: [] }))
          : keys;
      consume('Query', { TableName: table, IndexName: query.index }, { Items: items });
      // An index of keys: the items are read from the table.
      if (items === keys && keys.length > 0) {
        admit(`read ${table}`);
        consume('BatchGetItem', { RequestItems: { [table]: { Keys: keys } } }, {});
      }
      return page;
    },
  };

  return {
    driver: throttling,
    feed,
    removeExpired,
    close,
    /** Begins to meter and to throttle, with all saved units. */
    start: () => void (isMetered = true),
    /** Uses up all saved units. */
    exhaust() {
      for (const capacity of capacities.values()) capacity.saved = 0;
    },
    /** Adds the units of some seconds. */
    advance(seconds: number) {
      for (const capacity of capacities.values()) {
        const { perSecond, burst } = capacity;
        capacity.saved = Math.min(burst, capacity.saved + perSecond * seconds);
      }
    },
    throttled: () => throttled,
    /** Of each table and index, units consumed, and the lowest number of saved ones. */
    report: () =>
      [...capacities].map(([name, { consumed, lowest }]) => ({ name, consumed, lowest: Math.round(lowest) })),
  };
}
