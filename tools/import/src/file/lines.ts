import { isUtf8 } from 'node:buffer';
import { readBytes, unreadable } from './bytes.ts';

/** Line of a text file, without its line break. */
export interface TextLine {
  readonly text: string;
  /** Whether the line is not UTF-8 although the file is; its text then has replacement characters. */
  readonly isDamaged?: true;
}

/** Longest line that is read, in bytes: it is held in memory. */
const LONGEST_LINE = 4_194_304;
const HIGH_BYTE = /[\u0080-\u00ff]/;
const windows1252 = new TextDecoder('windows-1252');

/**
 * Streams the lines of a file in batches. Each line is decoded by itself: as UTF-8 if it is UTF-8, otherwise as Windows-1252,
 * unless the file is UTF-8 by {@link isUtf8File}: then the line is damaged.
 */
export async function* readLines(file: string, isUnicode: boolean): AsyncGenerator<readonly TextLine[]> {
  for await (const batch of rawLines(file)) yield batch.map((line) => decodeLine(line, isUnicode));
}

/** Whether a line shows that the file is UTF-8, with a character of several bytes. Reads the file up to that line. */
export async function isUtf8File(file: string): Promise<boolean> {
  for await (const batch of rawLines(file)) if (batch.some(isMultibyte)) return true;
  return false;
}

/** The lines of a text in memory, decoded by the rule of {@link readLines}. */
export function decodeLines(bytes: Buffer): readonly TextLine[] {
  const lines = bytes.toString('latin1').split('\n');
  const isUnicode = lines.some(isMultibyte);
  return lines.map((line) => decodeLine(line, isUnicode));
}

/** Lines as bytes, each byte as a character. */
async function* rawLines(file: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  let count = 0;
  for await (const chunk of readBytes(file)) {
    // A return at the end may be the first half of a line break.
    const lines = (rest + chunk.toString('latin1')).split(/\r\n|\r(?!$)|\n/);
    rest = lines.pop() ?? '';
    count += lines.length;
    if (rest.length > LONGEST_LINE)
      throw unreadable(`line ${count + 1} of ${file} is longer than ${LONGEST_LINE} bytes`);
    yield lines;
  }
  if (rest !== '') yield [rest.replace(/\r$/, '')];
}

function isMultibyte(line: string): boolean {
  return HIGH_BYTE.test(line) && isUtf8(Buffer.from(line, 'latin1'));
}

function decodeLine(line: string, isUnicode: boolean): TextLine {
  if (!HIGH_BYTE.test(line)) return { text: line };
  const bytes = Buffer.from(line, 'latin1');
  if (isUtf8(bytes)) return { text: bytes.toString() };
  return isUnicode ? { text: bytes.toString(), isDamaged: true } : { text: windows1252.decode(bytes) };
}
