import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { temporaryFiles } from './testing.ts';

const script = join(import.meta.dirname, 'main.ts');
const samples = join(import.meta.dirname, '../../../samples');
const { folder, file } = temporaryFiles();

/** Runs an import that no system can be reached by. */
async function run(args: readonly string[], { cwd = folder(), heapMb = 0, env = {} } = {}) {
  const options = heapMb > 0 ? [`--max-old-space-size=${heapMb}`] : [];
  const child = spawn(process.execPath, [...options, script, ...args], {
    cwd,
    env: { ...process.env, PORT: '1', INIT_CWD: '', ...env },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: Number(code), stdout, stderr };
}

test('a dry run shows the first ten products and every bad row, without a system', async () => {
  const rows = Array.from(
    { length: 400 },
    (_, i) => `p ${i},Product ${i},${i}.5,${i % 4 === 0 ? '' : 'EUR'},${i}`,
  );
  const path = await file('many.csv', `productId,name,price,currency,inventory\n${rows.join('\n')}\n`);
  const { code, stdout, stderr } = await run([path, '--dry-run']);
  const table = stdout.split('\n');
  assert.equal(table[0], 'productId  name        price  currency  inventory  category');
  assert.equal(table[1], 'p~201      Product 1    1.50  EUR               1  –');
  assert.equal(table.length, 13);
  assert.equal(table[11], 'dry run (products): 300 products would be imported, 100 rows skipped');
  assert.equal(stderr.match(/^line \d+: no currency: use --currency$/gm)?.length, 100);
  assert.match(stderr, /^line 3: the id "p 1" becomes p~201\n.*\n.*\n/m);
  assert.match(stderr, /^further ids mapped in the same way: 290$/m);
  assert.equal(code, 1);
  assert.equal((await run([path, '--dry-run', '--skip-bad'])).code, 0);
});

test('a dry run rejects what the API would reject', async () => {
  const long = 'x'.repeat(201);
  const lines = [
    '{"productId":"a","name":"Mug","price":1250,"currency":"EUR"}',
    '{"productId":"a b"}',
    `{"productId":"c","name":"${long}","colour":"red"}`,
    '',
    'oops',
  ];
  const { stdout, stderr, code } = await run([await file('p.ndjson', lines.join('\n')), '--dry-run']);
  assert.match(stdout, /\na +Mug +12\.50 +EUR/);
  assert.match(stderr, /^line 2: \/productId: must be 1 to 128 letters/m);
  assert.match(stderr, /^line 3: .*\/name: .*\/colour: is not a known field$/m);
  assert.match(stderr, /^line 5: not valid JSON/m);
  assert.equal(code, 1);
});

test('NDJSON is UTF-8: a line that is not is rejected, whatever the others are, as --help says (import 12)', async () => {
  const line = (id: string, name: string) =>
    `{"productId":"${id}","name":"${name}","price":1,"currency":"EUR"}\n`;
  for (const [others, valid] of [
    ['', 0],
    [line('b', 'Caf\xc3\xa9'), 1],
  ] as const) {
    const path = await file('n.ndjson', Buffer.from(line('a', 'Caf\xe9') + others, 'latin1'));
    const { stdout, stderr } = await run([path, '--dry-run']);
    assert.match(stdout, new RegExp(`: ${valid} products would be imported, 1 rows skipped\n$`));
    assert.match(stderr, /^line 1: not valid UTF-8$/m);
  }
  assert.match((await run(['--help'])).stdout, /Windows-1252; \.ndjson is UTF-8 or UTF-16\./);
});

test('control characters of a file are escaped wherever they are printed (interop A18)', async () => {
  const evil = '\u001b]0;owned\u0007\u001b[31mX\u202e\u0085';
  const csv = `productId,name,price,currency,${evil}\nok ${evil},Mug ${evil},1.50,EUR,\nbad,Mug,${evil},EUR,\n`;
  const uci = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,${evil},a,1,d,1,c,UK\n`;
  const outputs = await Promise.all([
    run([await file('a.csv', csv), '--dry-run']),
    run([await file('b.csv', uci), '--dry-run']),
    run([await file('c.csv', `${evil},${evil}\n1,2\n`), '--dry-run']),
    run([await file('d.csv', csv), '--dry-run', '--map', `name=${evil}x`]),
    run([await file('e.json', `[{"productId":${JSON.stringify(evil)}}]`), '--dry-run']),
    run([await file('f.xml', `<rss><item><${evil}>`), '--dry-run']),
  ]);
  for (const { stdout, stderr } of outputs) {
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
  assert.match(outputs[1].stderr, /stock code "\\u001b\]0;owned\\u0007/);
});

test('columns of a file of its own are mapped; its currency is an option', async () => {
  const german = Buffer.from(
    'Artikel Nr;Bezeichnung;Verkaufspreis;Bestand\n4 711;Fön;1.299,00;3\n4712;Käse;4,50;0\n',
    'latin1',
  );
  const path = await file('artikel.csv', german);
  const unknown = await run([path, '--dry-run']);
  assert.match(
    unknown.stderr,
    /artikel\.csv: its columns "Artikel Nr", "Bezeichnung", .* e\.g\. --map productId=/,
  );
  const map = [
    '--map',
    'productId=Artikel Nr',
    '--map',
    'name=Bezeichnung',
    '--map',
    'price=verkaufspreis',
    '--map',
    'inventory=Bestand',
  ];
  const without = await run([path, '--dry-run', ...map]);
  assert.match(
    without.stderr,
    /does not name the currency of its prices: use --currency, e\.g\. --currency EUR\n$/,
  );
  const { stdout, code } = await run([path, '--dry-run', ...map, '--currency', 'eur']);
  assert.match(stdout, /\n4~20711 +Fön +1299\.00 +EUR +3 .*\n4712 +Käse +4\.50 +EUR +0 /);
  assert.equal(code, 0);
  const missing = await run([path, '--dry-run', '--map', 'price=Preis', '--map', 'productId=Artikel Nr']);
  assert.match(missing.stderr, /has no column "Preis" for price; it has "Artikel Nr"/);
});

test('an ambiguous price is bad until its decimal mark is given', async () => {
  const path = await file('ambiguous.csv', 'productId,name,price,currency\na,Mug,1.250,EUR\n');
  const open = await run([path, '--dry-run']);
  assert.match(
    open.stderr,
    /^line 2: price "1\.250" is ambiguous, .*: use --decimal point or --decimal comma$/m,
  );
  assert.match((await run([path, '--dry-run', '--decimal', 'comma'])).stdout, / 1250\.00 /);
  assert.match((await run([path, '--dry-run', '--decimal', 'point'])).stdout, / 1\.25 /);
});

test('a wrong option is a usage error', async () => {
  const path = join(samples, 'products.csv');
  for (const args of [
    ['--map', 'price'],
    ['--map', 'cost=Price'],
    ['--map', 'price='],
    ['--currency', 'Euro'],
    ['--decimal', 'dot'],
    ['--delimiter', ';;'],
    ['--inventory', '-1'],
  ]) {
    const { code, stderr } = await run([path, '--dry-run', ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^[^\n]+\n$/);
  }
});

test('a relative path is resolved from the user’s directory (interop A16)', async () => {
  await file('near.csv', 'productId,name,price,currency\na,Mug,1.50,EUR\n');
  const { code } = await run(['near.csv', '--dry-run'], { cwd: samples, env: { INIT_CWD: folder() } });
  assert.equal(code, 0);
});

test('a file larger than the heap is read: of its rows, only lines and ids are in memory', async () => {
  const path = join(folder(), 'large.csv');
  const stream = createWriteStream(path);
  stream.write('Handle,Title,Variant SKU,Variant Price,Option1 Value,Body (HTML)\n');
  const body = 'x'.repeat(2500);
  for (let start = 0; start < 15_000; start += 1000) {
    const rows = Array.from({ length: 1000 }, (_, i) => `h${start + i},T,S ${start + i},1.50,,${body}\n`);
    if (!stream.write(rows.join(''))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  const { code, stdout, stderr } = await run([path, '--dry-run', '--currency', 'EUR'], { heapMb: 36 });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /15000 products would be imported, 0 rows skipped\n$/);
});
