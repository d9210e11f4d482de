import { DomainError } from '@tandem/chassis/errors';
import { findNodeAtLocation, type ParseError, parseTree } from 'jsonc-parser';
import type { BadRow } from './csv.ts';
import { decodeLines } from './lines.ts';

/** Items of a JSON file, with their indexes in it. */
export interface JsonItems {
  readonly items: readonly { readonly value: unknown; readonly index: number }[];
  /** Items that are not valid UTF-8 in a file that is. */
  readonly bad: readonly BadRow[];
  /** Line, counted from 1, on which an element of `items` starts. */
  readonly lineOf: (position: number) => number;
}

/** Reads a text that is `[…]` or `{"items": […]}`. Throws a DomainError with the position of the fault. */
export function readJson(file: string, bytes: Buffer): JsonItems {
  const textLines = decodeLines(bytes);
  const text = textLines.map((line) => line.text).join('\n');
  const values = parseJson(file, text);
  let starts: readonly number[] | undefined;
  const startOf = (index: number) => (starts ??= itemLines(text))[index];

  const isDamaged = (value: unknown, index: number) => {
    if (!JSON.stringify(value).includes('\uFFFD')) return false;
    const [from = 1, to = textLines.length] = [startOf(index), startOf(index + 1)];
    return textLines.slice(from - 1, to).some((line) => line.isDamaged);
  };
  const all = values.map((value, index) => ({ value, index }));
  const damaged = textLines.some((line) => line.isDamaged)
    ? all.filter(({ value, index }) => isDamaged(value, index))
    : [];
  const items = all.filter((item) => !damaged.includes(item));
  return {
    items,
    bad: damaged.map(({ index }) => ({
      line: startOf(index) ?? 0,
      reason: `item ${index + 1}: not valid UTF-8`,
    })),
    lineOf: (position) => startOf(items[position]?.index ?? -1) ?? 0,
  };
}

/** The elements of a text. */
function parseJson(file: string, text: string): readonly unknown[] {
  const value = parse(file, text);
  const items = typeof value === 'object' && value !== null && 'items' in value ? value.items : value;
  if (Array.isArray(items)) return items;
  const message = `${file} must contain an array of products or {"items": […]}`;
  throw new DomainError('invalid', 'no-products', message);
}

/** First lines, counted from 1, of the elements that {@link parseJson} returns. */
function itemLines(text: string): readonly number[] {
  const root = parseTree(text);
  const list = root?.type === 'object' ? findNodeAtLocation(root, ['items']) : root;
  let [line, from] = [1, 0];
  return (list?.children ?? []).map(({ offset }) => {
    line += text.slice(from, offset).split('\n').length - 1;
    from = offset;
    return line;
  });
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const faults: ParseError[] = [];
    parseTree(text, faults, { disallowComments: true });
    const lines = text.slice(0, faults[0]?.offset).split('\n');
    const position = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
    throw new DomainError('invalid', 'invalid-json', `${file} is not valid JSON: ${position}`, { cause });
  }
}
