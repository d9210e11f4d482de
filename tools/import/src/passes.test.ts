import assert from 'node:assert/strict';
import fs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { dryRun } from './dry-run.ts';
import { columns } from './catalog.ts';
import { openSource } from './source.ts';

const SIZE = 4_000_000;
let folder = '';
let bytesRead = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passes-'));
  const { createReadStream } = fs;
  mock.method(fs, 'createReadStream', (...parameters: Parameters<typeof createReadStream>) => {
    const stream = createReadStream(...parameters);
    stream.on('close', () => (bytesRead += stream.bytesRead));
    return stream;
  });
  syncBuiltinESMExports();
});
after(async () => {
  mock.restoreAll();
  syncBuiltinESMExports();
  await rm(folder, { recursive: true });
});

/** How many times an import reads a file of this start and end, with rows between them. */
async function passesOver(
  name: string,
  [start, row, end]: readonly [string, string, string],
): Promise<number> {
  const file = join(folder, name);
  const content = `${start}${row.repeat(Math.floor(SIZE / row.length))}${end}`;
  await writeFile(file, content);
  bytesRead = 0;
  await dryRun(await openSource(file, {}), () => undefined);
  return bytesRead / Buffer.byteLength(content);
}

test('CSV is read three times at most, XML twice, NDJSON and JSON once (import 10)', async () => {
  // Long cells, so that the rows are few.
  const name = 'x'.repeat(2000);
  const item = `<item><g:id>a</g:id><g:title>${name}</g:title><g:price>5 EUR</g:price></item>\n`;
  for (const [file, passes, content] of [
    ['a.csv', 3, ['productId,name,price,currency\n', `a,${name},1.50,EUR\n`, '']],
    ['b.csv', 2, ['productId,name,price,currency\n', `a,${name}\u00e9,1.50,EUR\n`, '']],
    ['c.csv', 3, ['sep=;\nproductId;name;price;currency\n', `a;${name};1.50;EUR\n`, '']],
    ['d.csv', 3, [`${columns.join(',')}\n`, `1,10001,${name},2,d,1.5,c,UK\n`, '']],
    ['e.xml', 2, ['<rss>\n', item, '</rss>']],
    ['f.ndjson', 1, ['', `{"name":"${name}"}\n`, '']],
    ['g.json', 1, ['[1', `,"${name}"`, ']']],
  ] as const) {
    const read = await passesOver(file, content);
    // Starts of the file, for the format and the header, count for a part of a pass.
    assert.ok(read >= passes && read < passes + 0.5, `${file}: ${read} passes`);
  }
});
