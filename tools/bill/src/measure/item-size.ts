/** A value as DynamoDB's JSON protocol carries it, such as `{ S: 'text' }`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * The bytes of an item that DynamoDB bills: names and values, a number by its digits, a list or map with 3 bytes of its
 * own and 1 for each element (developer guide, "DynamoDB item sizes and formats").
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
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'L':
      return (content as AttributeValue[]).reduce((sum, element) => sum + 1 + valueSize(element), 3);
    case 'M': {
      const entries = Object.entries(content as Item);
      return entries.reduce(
        (sum, [name, element]) => sum + 1 + Buffer.byteLength(name) + valueSize(element),
        3,
      );
    }
    default:
      throw new Error(`the size of an attribute of type ${type} is not known: say so in item-size.ts`);
  }
}

/** 1 byte for each two significant digits, and 1; another for a sign. */
function numberSize(text: string): number {
  const digits = text.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

/** The attributes of an item that an index projects; undefined where the item is not in it. */
export function indexEntry(item: Item | undefined, index: IndexLayout): Item | undefined {
  if (!item || !index.keys.every((name) => name in item)) return undefined;
  const names = [...index.keys, 'pk', ...index.projected];
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

export interface IndexLayout {
  readonly name: string;
  readonly keys: readonly string[];
  readonly projected: readonly string[];
}
