import { DomainError } from '@tandem/chassis/errors';
import { visit, type JSONPath } from 'jsonc-parser';

/** Parses a text that is `[…]` or `{"items": […]}` to its elements. Throws a DomainError with the position of the fault. */
export function parseJson(file: string, text: string): readonly unknown[] {
  const items = itemsOf(parse(file, text));
  if (items !== undefined) return items;
  throw new DomainError(
    'invalid',
    'no-products',
    `${file} must contain an array of products or {"items": […]}`,
  );
}

/** First lines, counted from 1, of the elements that {@link parseJson} returns. */
export function itemLines(text: string): readonly number[] {
  const lines: number[] = [];
  const addLine = (startLine: number, path: JSONPath) => {
    const index = path.length === 2 && path[0] === 'items' ? path[1] : path[0];
    if (path.length > 2 || typeof index !== 'number') return;
    lines[index] ??= startLine + 1;
  };
  visit(text, {
    onObjectBegin: (_offset, _length, line, _column, path) => addLine(line, path()),
    onArrayBegin: (_offset, _length, line, _column, path) => addLine(line, path()),
    onLiteralValue: (_value, _offset, _length, line, _column, path) => addLine(line, path()),
  });
  return lines;
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DomainError('invalid', 'invalid-json', `${file} is not valid JSON: ${faultOf(text)}`, {
      cause: error,
    });
  }
}

function faultOf(text: string): string {
  let position: string | undefined;
  visit(
    text,
    {
      onError: (_error, _offset, _length, line, column) => {
        position ??= `line ${line + 1}, column ${column + 1}`;
      },
    },
    { disallowComments: true },
  );
  return position ?? 'unknown position';
}

function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)) {
    return value.items;
  }
  return undefined;
}
