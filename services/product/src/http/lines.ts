/** A line of a stream, by its number from 1; `text` is undefined when it is longer than allowed. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string | undefined;
}

/** Splits a stream into its lines, blank ones left out, holding no more than `maxBytes` of a line. */
export async function* numberedLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<NumberedLine> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (part: Uint8Array) => {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
  };
  const finish = function* () {
    const text = bytes <= maxBytes ? Buffer.concat(parts).toString('utf8') : undefined;
    if (text?.trim() !== '') yield { line, text };
    line += 1;
    parts = [];
    bytes = 0;
  };

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      yield* finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (bytes > 0) yield* finish();
}
