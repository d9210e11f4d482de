import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type NumberedLine, numberedLines } from './lines.ts';

async function linesOf(chunks: readonly Uint8Array[], maxBytes = 64): Promise<NumberedLine[]> {
  const lines: NumberedLine[] = [];
  for await (const line of numberedLines(Readable.from(chunks), maxBytes)) lines.push(line);
  return lines;
}

const bytes = (text: string) => Buffer.from(text);

test('lines are numbered, and blank ones omitted, however the stream is split into chunks', async () => {
  const text = 'one\n\ntwö\r\n   \nfour';
  const expected = [
    { line: 1, text: 'one' },
    { line: 3, text: 'twö\r' },
    { line: 5, text: 'four' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 })), async (sizes) => {
      let rest = bytes(text);
      const chunks = sizes.map((size) => {
        const chunk = rest.subarray(0, size);
        rest = rest.subarray(size);
        return chunk;
      });
      assert.deepEqual(await linesOf([...chunks, rest]), expected);
    }),
    { numRuns: 50 },
  );
});

test('a line that is too long or not valid UTF-8 is a fault, and does not affect other lines', async () => {
  const stream = [bytes(`${'x'.repeat(70)}\nok\n`), Buffer.from([0xff, 0x0a]), bytes('last')];
  assert.deepEqual(await linesOf(stream), [
    { line: 1, fault: 'longer than 64 bytes' },
    { line: 2, text: 'ok' },
    { line: 3, fault: 'not valid UTF-8' },
    { line: 4, text: 'last' },
  ]);
});

test('a byte order mark before the first line is removed', async () => {
  assert.deepEqual(await linesOf([bytes('\uFEFF{}\n\uFEFFx')]), [
    { line: 1, text: '{}' },
    { line: 2, text: '\uFEFFx' },
  ]);
});
