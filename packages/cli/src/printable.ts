import { printable, printableLines } from '@tandem/chassis/printable';

export { printable } from '@tandem/chassis/printable';

/** Prints text that may come from others: control and invisible characters are escaped, but for line feeds. */
export function print(text: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(printableLines(text));
}

/** Prints text that may come from others in one line: line feeds are escaped too. */
export function printLine(text: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${printable(text)}\n`);
}
