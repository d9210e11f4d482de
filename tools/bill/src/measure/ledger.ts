import { topology, type TableName } from '@tandem/contracts/topology';
import { HAS_EVENTS, indexAttributes, projectionOf } from '@tandem/storage/dynamodb-layout';
import { indexEntry, type Item, sizeOf } from './item-size.ts';
import { indexWriteUnits, readUnits, writeUnits } from './units.ts';

/** A request of DynamoDB's JSON protocol and its answer. */
export interface Exchange {
  /** The operation, such as `PutItem`. */
  readonly api: string;
  readonly request: Body;
  readonly status: number;
  readonly answer: Body;
}

// oxlint-disable-next-line typescript/no-explicit-any -- what each operation of DynamoDB takes and gives differs
type Body = Record<string, any>;

/** What a call consumed of a table, or of an index of it. */
export interface Consumed {
  readonly api: string;
  readonly table: TableName;
  /** Absent for the table itself. */
  readonly index?: string;
  readonly read: number;
  readonly write: number;
}

export interface Entry {
  readonly consumed: readonly Consumed[];
  /** What DynamoDB Local says of the same call, both kinds of units together. */
  readonly reported: number;
  /** The items that were written: by kind, with their bytes and those of their entries in indexes. */
  readonly written: readonly {
    readonly kind: string;
    readonly bytes: number;
    readonly indexBytes: number;
    /** Whether it was not there before. */
    readonly isNew: boolean;
  }[];
  /** Items written that carry events, by table: what a relay is given. */
  readonly changes: readonly TableName[];
}

/**
 * Computes what calls consume by AWS's published rules from the items themselves, which it remembers as they are
 * written. DynamoDB Local's own figures are kept beside, to compare.
 */
export function createLedger() {
  const items = new Map<string, Item>();
  const idOf = (table: string, pk: string) => `${table}/${pk}`;

  /**
   * One item written; `times` is 2 in a transaction. A write to an index costs the same inside and outside of one: so
   * measured on AWS for nubo-db/dynoxide#188. AWS does not document it, and DynamoDB Local doubles it.
   */
  const write = (api: string, table: TableName, after: Item, times: number) => {
    const id = idOf(table, String(after['pk']?.['S']));
    const before = items.get(id);
    const own: Consumed = { api, table, read: 0, write: times * writeUnits(before, after) };
    const indexes = layoutsOf(table).map((index): Consumed => ({
      api,
      table,
      index: index.name,
      read: 0,
      write: indexWriteUnits(before, after, index),
    }));
    return { id, before, after, consumed: [own, ...indexes.filter(({ write }) => write > 0)] };
  };

  /** A write that its condition refused is paid for by the item that is there. */
  const refused = (api: string, table: TableName, pk: string, times: number): Consumed => ({
    api,
    table,
    read: 0,
    write: times * writeUnits(items.get(idOf(table, pk)), undefined),
  });

  const putAll = (api: string, puts: readonly Body[], succeeded: boolean, times: number): Partial<Entry> => {
    if (!succeeded) {
      return { consumed: puts.map(({ TableName, Item }) => refused(api, TableName, Item.pk.S, times)) };
    }
    const writes = puts.map(({ TableName, Item }) => ({
      table: TableName as TableName,
      ...write(api, TableName, Item, times),
    }));
    for (const { id, after } of writes) items.set(id, after);
    return {
      consumed: writes.flatMap(({ consumed }) => consumed),
      written: writes.map(({ table, before, after }) => ({
        kind: kindOf(after),
        bytes: sizeOf(after),
        indexBytes: indexBytes(table, after),
        isNew: before === undefined,
      })),
      changes: writes.filter(({ after }) => HAS_EVENTS in after).map(({ table }) => table),
    };
  };

  const readOne = (api: string, table: TableName, key: Body, consistent: boolean): Consumed => {
    const item = items.get(idOf(table, key['pk'].S));
    return { api, table, read: readUnits(item ? sizeOf(item) : 0, consistent), write: 0 };
  };

  const entryOf = ({ api, request, status, answer }: Exchange): Partial<Entry> => {
    switch (api) {
      case 'GetItem':
        return {
          consumed: [readOne(api, request['TableName'], request['Key'], request['ConsistentRead'] === true)],
        };
      case 'BatchGetItem':
        return {
          consumed: Object.entries<Body>(request['RequestItems']).flatMap(
            ([table, { Keys, ConsistentRead }]) =>
              Keys.map((key: Body) => readOne(api, table as TableName, key, ConsistentRead === true)),
          ),
        };
      case 'Query':
      case 'Scan': {
        const bytes = (answer['Items'] as Item[]).reduce((sum, item) => sum + sizeOf(item), 0);
        const index = request['IndexName'] as string;
        return {
          consumed: [{ api, table: request['TableName'], index, read: readUnits(bytes, false), write: 0 }],
        };
      }
      case 'PutItem':
        return putAll(api, [request], status === 200, 1);
      case 'TransactWriteItems': {
        const parts = request['TransactItems'] as Body[];
        const checks = parts.flatMap(({ ConditionCheck }) =>
          ConditionCheck ? [refused(api, ConditionCheck.TableName, ConditionCheck.Key.pk.S, 2)] : [],
        );
        const puts = putAll(
          api,
          parts.flatMap(({ Put }) => Put ?? []),
          status === 200,
          2,
        );
        return { ...puts, consumed: [...(puts.consumed ?? []), ...checks] };
      }
      default:
        throw new Error(`what ${api} consumes is not known: say so in ledger.ts`);
    }
  };

  return {
    record(exchange: Exchange): Entry {
      const capacities = [exchange.answer['ConsumedCapacity'] ?? []].flat() as { CapacityUnits: number }[];
      const reported = capacities.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
      return { consumed: [], written: [], changes: [], ...entryOf(exchange), reported };
    },
    /** The bytes of every item that is there, by kind. */
    sizes: () => [...items.values()].map((item) => ({ kind: kindOf(item), bytes: sizeOf(item), item })),
  };
}

function layoutsOf(table: TableName) {
  return Object.entries(topology.tables[table].indexes).map(([name, holds]) => ({
    name,
    keys: indexAttributes(name),
    projected: projectionOf(holds).NonKeyAttributes ?? [],
  }));
}

function indexBytes(table: TableName, after: Item): number {
  return layoutsOf(table).reduce((sum, index) => {
    const entry = indexEntry(after, index);
    return sum + (entry ? sizeOf(entry) : 0);
  }, 0);
}

const kindOf = (item: Item) => String(item['pk']?.['S']).split('#', 1)[0] ?? '';
