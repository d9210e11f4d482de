import sax from 'sax';
import { readBytes, unreadable } from './bytes.ts';
import type { BadRow } from './csv.ts';
import { columnKey, type Row, type Table, toRow } from './table.ts';

/** Longest text of an element that is kept, in characters. */
const LONGEST_TEXT = 100_000;
/** Bytes in which the XML declaration lies. */
const DECLARATION = 200;

/** Faults that leave the text as it is written: an ampersand that is not escaped, and an entity of HTML. */
const READABLE = /^Invalid character (?:in entity name|entity)/;

interface Item {
  readonly line: number;
  readonly depth: number;
  /** Google's own elements are preferred: RSS has a title, too. */
  readonly fields: Map<string, { readonly text: string; readonly isGoogles: boolean }>;
  fault?: string;
}

/** Opens an RSS or Atom feed: each `item` or `entry` is a row, each element in it a column. Entities of a DTD are not expanded. */
export async function openXml(file: string): Promise<Table> {
  const decoder = await declaredEncoding(file);
  return {
    file,
    columns: [],
    async *rows() {
      const ready: (Row | BadRow)[] = [];
      const parser = createItemParser((row) => ready.push(row));
      const text = new TextDecoder(decoder);
      for await (const chunk of readBytes(file)) {
        parser.write(text.decode(chunk, { stream: true }));
        yield* ready.splice(0);
      }
      parser.write(text.decode());
      parser.close();
      yield* ready.splice(0);
    },
  };
}

/** Parser that calls `onRow` for each item; a fault of the XML costs the item in which it is. */
function createItemParser(onRow: (row: Row | BadRow) => void): sax.SAXParser {
  const parser = sax.parser(true, { position: true });
  let depth = 0;
  let item: Item | undefined;
  let text = '';
  const isField = () => item !== undefined && depth === item.depth + 1;
  const addText = (more: string) => {
    if (isField() && text.length < LONGEST_TEXT) text += more;
  };
  const onerror = ({ message }: Error) => {
    const [fault = ''] = message.split('\n');
    if (!READABLE.test(fault)) {
      const reason = `not well-formed XML: ${fault}`;
      if (item) item.fault ??= reason;
      else onRow({ line: parser.line + 1, reason });
    }
    parser.resume();
  };
  const onopentag = ({ name }: sax.Tag | sax.QualifiedTag) => {
    depth += 1;
    if (item === undefined && /^(?:.+:)?(item|entry)$/.test(name))
      item = { line: parser.line + 1, depth, fields: new Map() };
    else if (isField()) text = '';
  };
  const onclosetag = (name: string) => {
    if (item && isField()) addField(item, name, text);
    else if (item && depth === item.depth) {
      onRow(rowOf(item));
      item = undefined;
    }
    depth -= 1;
  };
  // The end of the file in the middle of an item.
  const onend = () => {
    if (item) onRow(rowOf(item));
  };
  return Object.assign(parser, { onerror, onopentag, ontext: addText, oncdata: addText, onclosetag, onend });
}

function addField({ fields }: Item, name: string, text: string): void {
  const key = columnKey(name.replace(/^.+:/, ''));
  const isGoogles = /^g:/i.test(name);
  if (text.trim() !== '' && (!fields.has(key) || (isGoogles && !fields.get(key)?.isGoogles)))
    fields.set(key, { text, isGoogles });
}

function rowOf({ line, fields, fault }: Item): Row | BadRow {
  const isDamaged = [...fields.values()].some(({ text }) => text.includes('\uFFFD'));
  const reason = fault ?? (isDamaged ? 'not valid UTF-8' : undefined);
  return reason === undefined ? toRow(line, (column) => fields.get(column)?.text) : { line, reason };
}

/** The encoding of the XML declaration, UTF-8 without one. */
async function declaredEncoding(file: string): Promise<string> {
  for await (const chunk of readBytes(file)) {
    const label = /^\s*<\?xml[^>]*encoding=["']([\w.-]+)["']/.exec(
      chunk.toString('latin1', 0, DECLARATION),
    )?.[1];
    // What is UTF-16 has been transcoded.
    if (label === undefined || /^utf-?16/i.test(label)) return 'utf-8';
    try {
      return new TextDecoder(label).encoding;
    } catch {
      throw unreadable(`${file}: the encoding "${label}" is unknown`);
    }
  }
  return 'utf-8';
}
