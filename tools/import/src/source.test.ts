import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { columns } from './catalog.ts';
import { openSource, type Source } from './source.ts';
import { temporaryFiles } from './testing.ts';

const { folder, file } = temporaryFiles();

async function bodyOf(source: Source): Promise<string> {
  const chunks: Uint8Array[] = [];
  let done = 0;
  for await (const chunk of source.body((now) => (done = now))) chunks.push(chunk);
  assert.equal(done, source.total);
  return Buffer.concat(chunks).toString();
}

function isFault(pattern: RegExp) {
  return (error: unknown) => error instanceof DomainError && pattern.test(error.message);
}

test('a .csv file that is not UTF-8 is read as Windows-1252; a rejected product is reported with the line of its first row', async () => {
  const text = `${columns.join(',')}\r\n1,POST,X,1,d,1,c,UK\r\n1,10001,CAFÉ £5,2,d,1.5,c,UK\r\n`;
  const product = { productId: '10001', name: 'CAFÉ £5', price: 150, currency: 'GBP', inventory: 2 };
  for (const encoding of ['latin1', 'utf8'] as const) {
    const source = await openSource(await file('SALES.CSV', Buffer.from(text, encoding)));
    assert.equal(await bodyOf(source), `${JSON.stringify(product)}\n`);
    assert.equal(source.total, 1);
    assert.deepEqual(source.bad, [{ line: 2, reason: 'stock code "POST" is not a product' }]);
    assert.deepEqual(source.reject(1, 'no'), { line: 3, reason: 'product 10001: no' });
  }
});

test('a .json file is an array or an object with items; a rejected item is reported with its first line', async () => {
  for (const text of [
    '\uFEFF[\n  {"a": {"b": [{}]}},\n  7, [1,\n {}],\n  {"c": "]"}\n]',
    '{"meta": [{}],\n  "items": [{"a": {"b": [{}]}},\n  7, [1,\n {}],\n  {"c": "]"}\n]}',
  ]) {
    const source = await openSource(await file('products.json', text));
    assert.equal(await bodyOf(source), '{"a":{"b":[{}]}}\n7\n[1,{}]\n{"c":"]"}\n');
    const lines = [1, 2, 3, 4].map((bodyLine) => source.reject(bodyLine, 'no').line);
    assert.deepEqual(lines, [2, 3, 3, 5]);
    assert.equal(source.reject(4, 'no').reason, 'item 4: no');
  }
});

test('a large .json file is sent completely and in order', async () => {
  const items = Array.from({ length: 1234 }, (_, index) => ({ productId: `p${index}` }));
  const body = await bodyOf(await openSource(await file('many.json', JSON.stringify({ items }))));
  assert.deepEqual(
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    items,
  );
});

test('an .ndjson file is sent unchanged, without its byte order mark', async () => {
  const source = await openSource(await file('p.ndjson', '\uFEFF{"a":1}\r\n\n{oops\n{"b":"é"}'));
  assert.equal(await bodyOf(source), '{"a":1}\r\n\n{oops\n{"b":"é"}');
  assert.deepEqual(source.reject(3, 'no JSON'), { line: 3, reason: 'no JSON' });
  assert.equal(await bodyOf(await openSource(await file('empty.ndjson', ''))), '');
});

test('an .ndjson file is streamed, not read ahead', async () => {
  const source = await openSource(await file('big.ndjson', Buffer.alloc(8_000_000, 'x')));
  let done = 0;
  let chunks = 0;
  for await (const chunk of source.body((now) => (done = now))) {
    assert.ok(chunk.length <= 65_536);
    chunks += 1;
    if (chunks === 3) break;
  }
  assert.equal(done, 131_072);
});

test('unreadable files are rejected with an error of one line', async () => {
  await assert.rejects(openSource(join(folder(), 'none.csv')), isFault(/^file .*none\.csv does not exist$/));
  await assert.rejects(openSource(join(folder(), 'none.ndjson')), isFault(/^file .* does not exist$/));
  await assert.rejects(
    openSource('a.xlsx'),
    isFault(/use a file that ends with \.csv, .*, \.json or \.ndjson$/),
  );
  await assert.rejects(
    openSource(await file('a.csv', 'a,b\n')),
    isFault(/its columns "a", "b" are of no known format; .*--map/),
  );
  await assert.rejects(
    openSource(await file('o.json', '{"products":[]}')),
    isFault(/an array of products or/),
  );
  for (const [text, position] of [
    ['[\n {"a": 1},\n]', 'line 3, column 1'],
    ['[{"a": 1}', 'line 1, column 10'],
    ['{"items": [1, 2}]', 'line 1, column 16'],
    ['', 'line 1, column 1'],
    ['[1] // one', 'line 1, column 5'],
  ] as const) {
    await assert.rejects(
      openSource(await file('broken.json', text)),
      isFault(new RegExp(`broken\\.json is not valid JSON: ${position}$`)),
    );
  }
});

test('an option that a file would ignore is a usage error (import 11)', async () => {
  const all = {
    currency: 'EUR',
    decimal: '.',
    inventory: 0,
    delimiter: ';',
    map: { name: 'Title' },
  } as const;
  const xml = '<rss><item><g:id>a</g:id><g:title>Mug</g:title><g:price>5 EUR</g:price></item></rss>';
  const uci = `${columns.join(',')}\n1,10001,MUG,2,d,1.5,c,UK\n`;
  for (const [name, content, ignored] of [
    ['a.json', '[]', ['currency', 'decimal', 'inventory', 'delimiter', 'map']],
    ['a.ndjson', '', ['currency', 'decimal', 'inventory', 'delimiter', 'map']],
    ['a.JSONL', '', ['currency', 'decimal', 'inventory', 'delimiter', 'map']],
    ['a.xml', xml, ['delimiter']],
    ['b.txt', xml, ['delimiter']],
    ['a.csv', uci, ['inventory']],
  ] as const) {
    const path = await file(name, content);
    for (const option of ignored)
      await assert.rejects(
        openSource(path, { [option]: all[option] }),
        (error) =>
          isFault(new RegExp(`^--${option} does not apply to .+: .+ \\(see --help\\)$`))(error) &&
          (error as DomainError).code === 'usage',
      );
    await openSource(path, { map: {}, currency: undefined });
  }
  await assert.rejects(
    openSource(await file('a.json', '[]'), { currency: 'EUR' }),
    isFault(/^--currency does not apply to \.json: its products name their currency/),
  );
  await openSource(await file('a.csv', uci), { currency: 'EUR', decimal: '.', delimiter: ',' });
  await openSource(await file('a.xml', xml), { currency: 'EUR', decimal: '.', inventory: 3 });
});

test('a mapped element that no item of XML has is an error (import 11)', async () => {
  const path = await file(
    'own.xml',
    '<shop><item><nr>a</nr><preis>5 EUR</preis></item><item><nr>b</nr><titel>Mug</titel></item></shop>',
  );
  const map = { productId: 'nr', price: 'Preis', name: 'titel' };
  assert.equal((await openSource(path, { map })).total, 2);
  await assert.rejects(
    openSource(path, { map: { ...map, name: 'title' } }),
    isFault(/own\.xml: no <item> or <entry> has an element "title" for name$/),
  );
});
