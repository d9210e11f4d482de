/**
 * Text of a list of objects: JSON of its columns, then of a row for each object, so that a name is written once and not in each
 * object. An object in a field has columns of its own, whose names are paths of two parts.
 */

type Fields = Readonly<Record<string, unknown>>;
type Column = string | readonly [name: string, part: string];

/** The cell of a field that an object does not have. A cell with a list or an object has it in a list of one. */
const ABSENT: readonly [] = [];

/** Whether a value is a list of at least two objects: a shorter one has no repeated names. */
export function isListOfObjects(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 1 && value.every(isPlainObject);
}

/** The text of a list of objects with JSON values. Fields that are undefined are left out. */
export function textOfRows(objects: readonly Fields[]): string {
  const columns = columnsOf(objects);
  const rows = objects.map((object) => {
    const cells: unknown[] = [];
    for (const column of columns) {
      if (typeof column === 'string') cells.push(cellOf(object[column]));
      else cells.push(cellOf((object[column[0]] as Fields | undefined)?.[column[1]]));
    }
    return cells;
  });
  return JSON.stringify([columns, ...rows]);
}

/** The list of objects of a text. */
export function rowsOfText(text: string): Fields[] {
  const [columns, ...rows] = JSON.parse(text) as [readonly Column[], ...(readonly unknown[])[]];
  return rows.map((cells) => {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const [column, cell] = [columns[i] as Column, cells[i]];
      if (Array.isArray(cell) && cell.length === 0) continue;
      const value: unknown = Array.isArray(cell) ? cell[0] : cell;
      if (typeof column === 'string') object[column] = value;
      else ((object[column[0]] ??= {}) as Record<string, unknown>)[column[1]] = value;
    }
    return object;
  });
}

function cellOf(value: unknown): unknown {
  if (value === undefined) return ABSENT;
  return typeof value === 'object' && value !== null ? [value] : value;
}

/** A field has columns for its parts if it is an object with parts wherever it is present. */
function columnsOf(objects: readonly Fields[]): readonly Column[] {
  const parts = new Map<string, Set<string> | undefined>();
  for (const object of objects) {
    for (const name in object) {
      const value = object[name];
      if (value === undefined) continue;
      if (!parts.has(name)) parts.set(name, new Set());
      const names = parts.get(name);
      if (!names) continue;
      if (isPlainObject(value) && hasParts(value)) for (const part in value) names.add(part);
      else parts.set(name, undefined);
    }
  }
  return [...parts].flatMap(([name, names]): Column[] =>
    names ? [...names].map((part) => [name, part] as const) : [name],
  );
}

function isPlainObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function hasParts(value: Fields): boolean {
  return Object.values(value).some((part) => part !== undefined);
}
