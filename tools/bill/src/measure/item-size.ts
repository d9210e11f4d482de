/** A value of DynamoDB's JSON protocol, such as `{ S: 'text' }`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/** An index with its key attributes and those that it projects besides. */
export interface Index {
  readonly name: string;
  readonly keys: readonly string[];
  readonly projected: readonly string[];
}

/**
 * Billed bytes of an item: names and values, a number by its digits, a list or map with 3 bytes of its own and 1 for each
 * element, a set by its elements (developer guide, "DynamoDB item sizes and formats"). Throws for types that the system does not store.
 */
export function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: AttributeValue): number {
  const [[type, content] = []] = Object.entries(value);
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      return numberSize(String(content));
    case 'B':
      return Buffer.byteLength(String(content), 'base64');
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return (content as string[]).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    case 'L':
      return (content as AttributeValue[]).reduce((sum, element) => sum + 1 + valueSize(element), 3);
    case 'M':
      return 3 + Object.keys(content as Item).length + sizeOf(content as Item);
    default:
      throw new Error(
        `The size of type ${type} is not defined. Add it to tools/bill/src/measure/item-size.ts.`,
      );
  }
}

/** 1 byte for each two significant digits, and 1; another for a sign. */
function numberSize(text: string): number {
  const digits = text.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

/** Entry of an item in an index; undefined if the item is not in the index. */
export function indexEntry(item: Item | undefined, { keys, projected }: Index): Item | undefined {
  if (!item || !keys.every((name) => name in item)) return undefined;
  const names = [...keys, 'pk', ...projected];
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}
