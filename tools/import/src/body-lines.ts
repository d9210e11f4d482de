/** Longest line that the API takes, in bytes; see `npm run import -- --help`. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Splits a body into its lines, each with its end. Of a line that the API rejects for its length, only so much is kept that it
 * still does, so that memory is bounded whatever the file.
 */
export async function* bodyLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const append = (part: Uint8Array) => {
    const kept = part.subarray(0, MAX_LINE_BYTES + 1 - bytes);
    if (kept.length > 0) parts.push(kept);
    bytes += kept.length;
  };
  const take = () => {
    const line = Buffer.concat([...parts, NEWLINE]);
    parts = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      append(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    append(chunk.subarray(start));
  }
  if (bytes > 0) yield take();
}

const NEWLINE = Buffer.from('\n');
