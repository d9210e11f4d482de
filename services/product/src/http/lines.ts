import { isUtf8 } from 'node:buffer';

/** A numbered line of a stream, from 1: its text, or the fault of a line without a readable text. */
export type NumberedLine = { readonly line: number } & (
  | { readonly text: string }
  | { readonly fault: string }
);

const BYTE_ORDER_MARK = '\uFEFF';

/** Splits a stream into its lines, without blank ones. Buffers at most `maxBytes` of a line. */
export async function* numberedLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<NumberedLine> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const append = (part: Uint8Array) => {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
  };
  const finish = function* (): Generator<NumberedLine> {
    const content = Buffer.concat(parts);
    const text = content.toString('utf8').replace(line === 1 ? BYTE_ORDER_MARK : '', '');
    if (bytes > maxBytes) yield { line, fault: `longer than ${maxBytes} bytes` };
    else if (!isUtf8(content)) yield { line, fault: 'not valid UTF-8' };
    else if (text.trim() !== '') yield { line, text };
    line += 1;
    parts = [];
    bytes = 0;
  };

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      append(chunk.subarray(start, end));
      yield* finish();
      start = end + 1;
    }
    append(chunk.subarray(start));
  }
  if (bytes > 0) yield* finish();
}
