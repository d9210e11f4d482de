import { isDeepStrictEqual } from 'node:util';
import { type TableName, topology } from '@tandem/contracts/topology';
import { HAS_EVENTS, indexAttributes, projectionOf } from '@tandem/storage/dynamodb-layout';
import type { Consumption } from '../measurement.ts';
import { type Index, indexEntry, type Item, sizeOf } from './item-size.ts';

const WRITE_BYTES = 1024;
const READ_BYTES = 4096;

/** Write units of an item: the larger of both images in steps of 1 KB, at least one. */
export function writeUnits(before: Item | undefined, after: Item | undefined): number {
  const bytes = Math.max(before ? sizeOf(before) : 0, after ? sizeOf(after) : 0);
  return Math.max(1, Math.ceil(bytes / WRITE_BYTES));
}

/** Write units in an index: none for an unchanged entry, those of a delete and a put for a changed key. */
export function indexWriteUnits(before: Item | undefined, after: Item | undefined, index: Index): number {
  const [from, to] = [indexEntry(before, index), indexEntry(after, index)];
  if (isDeepStrictEqual(from, to)) return 0;
  const isMoved = from && to && index.keys.some((name) => !isDeepStrictEqual(from[name], to[name]));
  return isMoved ? writeUnits(from, undefined) + writeUnits(undefined, to) : writeUnits(from, to);
}

/** Read units of bytes that are read together, in steps of 4 KB, at least one; half for an eventually consistent read. */
export function readUnits(bytes: number, isConsistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_BYTES)) * (isConsistent ? 1 : 0.5);
}

// oxlint-disable-next-line typescript/no-explicit-any -- inputs and outputs of all operations
type Values = Record<string, any>;

/** An amount of one of a consumption's sums, with its name there: `read` and `products/byCategory`. */
export type Amount = readonly [sum: keyof Consumption, name: string, value: number];

/** Computes the consumption of calls by AWS's published rules, from the items that it has recorded. */
export function createUnitMeter() {
  const items = new Map<string, Item>();
  const storedItem = (table: string, key: Values) => items.get(`${table}/${key['pk'].S}`);

  const readsOf = (table: string, keys: readonly Values[], isConsistent: boolean) =>
    keys.map((key): Amount => {
      const item = storedItem(table, key);
      return ['read', table, readUnits(item ? sizeOf(item) : 0, isConsistent)];
    });

  /** A condition check, or a write that a condition rejected, costs as much as a write of the stored item. */
  const checkOf = ({ TableName, Key }: Values, factor: number): Amount => [
    'write',
    TableName,
    factor * writeUnits(storedItem(TableName, Key), undefined),
  ];

  /**
   * Puts of a call. In a transaction the factor is 2, except for indexes: so measured on AWS for nubo-db/dynoxide#188. AWS does
   * not document it, and DynamoDB Local doubles both.
   */
  const put = (puts: readonly Values[], isWritten: boolean, factor: number): Amount[] => {
    if (!isWritten) return puts.map(({ TableName, Item }) => checkOf({ TableName, Key: Item }, factor));
    return puts.flatMap(({ TableName, Item }): Amount[] => {
      const [table, after] = [TableName as TableName, Item as Item];
      const before = storedItem(table, after);
      items.set(`${table}/${String(after['pk']?.['S'])}`, after);
      const type = entityTypeOf(after);
      const indexes = indexesOf(table);
      const indexBytes = indexes.reduce((sum, index) => sum + sizeOf(indexEntry(after, index) ?? {}), 0);
      return [
        ['write', table, factor * writeUnits(before, after)],
        ...indexes.map((index): Amount => [
          'write',
          `${table}/${index.name}`,
          indexWriteUnits(before, after, index),
        ]),
        ['created', type, before ? 0 : 1],
        ['itemBytes', type, sizeOf(after)],
        ['indexBytes', type, indexBytes],
        ['changes', table, HAS_EVENTS in after ? 1 : 0],
      ];
    });
  };

  return {
    /** Records a call with its output, undefined if a condition rejected it. Throws for an unknown operation. */
    record(operation: string, input: Values, output: Values | undefined): Amount[] {
      switch (operation) {
        case 'GetItem':
          return readsOf(input['TableName'], [input['Key']], input['ConsistentRead'] === true);
        case 'BatchGetItem':
          return Object.entries<Values>(input['RequestItems']).flatMap(([table, { Keys, ConsistentRead }]) =>
            readsOf(table, Keys, ConsistentRead === true),
          );
        case 'Query':
        case 'Scan': {
          const found = (output?.['Items'] ?? []) as Item[];
          const bytes = found.reduce((sum, item) => sum + sizeOf(item), 0);
          return [['read', `${input['TableName']}/${input['IndexName']}`, readUnits(bytes, false)]];
        }
        case 'PutItem':
          return put([input], output !== undefined, 1);
        case 'TransactWriteItems': {
          const actions = input['TransactItems'] as Values[];
          const checks = actions.flatMap(({ ConditionCheck }) =>
            ConditionCheck ? [checkOf(ConditionCheck, 2)] : [],
          );
          const puts = actions.flatMap(({ Put }) => Put ?? []);
          return [...put(puts, output !== undefined, 2), ...checks];
        }
        default:
          throw new Error(
            `The consumption of ${operation} is not defined. Add it to tools/bill/src/measure/units.ts.`,
          );
      }
    },
    items: (): readonly Item[] => [...items.values()],
  };
}

function indexesOf(table: TableName): Index[] {
  return Object.entries(topology.tables[table].indexes).map(([name, holds]) => ({
    name,
    keys: indexAttributes(name),
    projected: projectionOf(holds).NonKeyAttributes ?? [],
  }));
}

/** Entity type of an item: the part of its key before `#`. */
const entityTypeOf = (item: Item) => String(item['pk']?.['S']).split('#', 1)[0] ?? '';
