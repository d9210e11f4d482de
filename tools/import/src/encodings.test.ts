import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns } from './catalog.ts';
import { readContent } from './testing.ts';

const uci = columns.join(',');
const names = (products: readonly unknown[]) => products.map((product) => (product as { name: string }).name);
/** Bytes of a text whose characters are all below U+0100. */
const bytes = (text: string) => Buffer.from(text, 'latin1');

function utf16(text: string, { isBigEndian = false, hasMark = true } = {}): Buffer {
  const encoded = Buffer.from(hasMark ? `\uFEFF${text}` : text, 'utf16le');
  return isBigEndian ? encoded.swap16() : encoded;
}

test('Excel’s CSV is Windows-1252, not Latin-1 (interop A8)', async () => {
  const row = '700001,71001,CHILD\x92S APRON \x805 \x96 BLUE\x99,2,12/1/10 8:26,2.55,17850,France';
  const { products, bad } = await readContent('a.csv', bytes(`${uci}\r\n${row}\r\n`));
  assert.deepEqual([names(products), bad], [['CHILD’S APRON €5 – BLUE™'], []]);
});

test('one bad byte in a UTF-8 file costs its row, and no other name (interop A9)', async () => {
  const rows =
    '1,71003,CAF\xc3\x89 CR\xc3\x88ME BOWL,1,d,1.25,1,UK\n1,71004,BROKEN \xff BYTE,1,d,1.25,1,UK\n';
  const { products, bad } = await readContent('b.csv', bytes(`${uci}\n${rows}`));
  assert.deepEqual(names(products), ['CAFÉ CRÈME BOWL']);
  assert.deepEqual(bad, [{ line: 3, reason: 'not valid UTF-8' }]);
  const reversed = await readContent('b.csv', bytes(`${uci}\n${rows.split('\n').reverse().join('\n')}`));
  assert.deepEqual([names(reversed.products), reversed.bad.length], [['CAFÉ CRÈME BOWL'], 1]);
});

test('a bad byte inside a cell of several lines costs the whole row (interop A9)', async () => {
  const text = 'productId,name,price,currency\na,"Caf\xc3\xa9\nbro\xffken\nend",1.50,EUR\nb,Mug,2.50,EUR\n';
  const { products, bad } = await readContent('c.csv', bytes(text));
  assert.deepEqual([names(products), bad], [['Mug'], [{ line: 2, reason: 'not valid UTF-8' }]]);
});

test('a .json file with a bad byte loses the item in which it is (interop A9)', async () => {
  const text =
    '[{"productId":"a","name":"Caf\xc3\xa9"},\n {"productId":"b","name":"Bro\xffken"},\n {"productId":"c","name":"Mug"}]';
  const { products, bad } = await readContent('d.json', bytes(text));
  assert.deepEqual(names(products), ['Café', 'Mug']);
  assert.deepEqual(bad, [{ line: 2, reason: 'item 2: not valid UTF-8' }]);
  const windows = await readContent('e.json', bytes('[{"productId":"a","name":"CHILD\x92S"}]'));
  assert.deepEqual(names(windows.products), ['CHILD’S']);
});

test('a file of the European kind is read: semicolons, decimal commas, UTF-16 (interop A17)', async () => {
  const european = 'InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country\r\n';
  const text = `${european}1;71001;CAFÉ “BOWL”;2;01.12.2010 8:26;2,55;17850;France\r\n`;
  const expected = { productId: '71001', name: 'CAFÉ “BOWL”', price: 255, currency: 'GBP', inventory: 2 };
  const contents = [
    Buffer.from(text),
    Buffer.from(`\uFEFF${text}`),
    utf16(text),
    utf16(text, { isBigEndian: true }),
    utf16(text, { hasMark: false }),
    utf16(text, { isBigEndian: true, hasMark: false }),
    utf16(text.replaceAll(';', '\t')),
    Buffer.from(text.replaceAll('\r\n', '\r')),
    Buffer.from(`sep=;\r\n${text}`),
  ];
  for (const content of contents) {
    const { products, bad } = await readContent('f.csv', content);
    assert.deepEqual([products, bad], [[expected], []]);
  }
});

test('JSON, NDJSON and XML in UTF-16 are read (interop A17)', async () => {
  const product = { productId: 'a', name: 'Café 🫖' };
  for (const [name, text] of [
    ['g.json', `[${JSON.stringify(product)}]`],
    ['g.ndjson', `${JSON.stringify(product)}\n`],
  ] as const)
    for (const isBigEndian of [false, true])
      assert.deepEqual((await readContent(name, utf16(text, { isBigEndian }))).products, [product]);
  const xml =
    '<?xml version="1.0" encoding="UTF-16"?><rss><item><g:id>a</g:id><g:title>Café</g:title><g:price>1.50 EUR</g:price></item></rss>';
  assert.deepEqual(names((await readContent('g.xml', utf16(xml))).products), ['Café']);
});

test('an XML file has the encoding that it declares', async () => {
  const item =
    '<rss><item><g:id>a</g:id><g:title>CHILD\x92S</g:title><g:price>1.50 EUR</g:price></item></rss>';
  const declared = await readContent('h.xml', bytes(`<?xml version="1.0" encoding="windows-1252"?>${item}`));
  assert.deepEqual(names(declared.products), ['CHILD’S']);
  const undeclared = await readContent('h.xml', bytes(item));
  assert.deepEqual(undeclared.bad, [{ line: 1, reason: 'not valid UTF-8' }]);
});

test('each delimiter is found by the header, or given', async () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const rows = [
      ['productId', 'name', 'price', 'currency'],
      ['a', '"A, B; C"', '19.99', 'EUR'],
    ];
    const text = rows.map((row) => row.join(delimiter)).join('\n');
    const { products } = await readContent('i.csv', text);
    assert.deepEqual(products, [{ productId: 'a', name: 'A, B; C', price: 1999, currency: 'EUR' }]);
  }
  const { products } = await readContent('i.csv', 'productId^price^currency\na^1.50^EUR\n', {
    delimiter: '^',
  });
  assert.deepEqual(products, [{ productId: 'a', price: 150, currency: 'EUR' }]);
});

test('what is no text is an error of one line', async () => {
  const binary = Buffer.concat([Buffer.from('PK\x03\x04\x14\x00'), Buffer.alloc(100)]);
  await assert.rejects(readContent('j.csv', binary), /j\.csv is not a text file$/);
  await assert.rejects(readContent('k.csv', ''), /k\.csv is empty/);
  await assert.rejects(readContent('l.csv', 'productId,name\n'), /l\.csv has no products/);
  await assert.rejects(readContent('m.csv', `a,${'x'.repeat(5_000_000)}`), /line 1 of .* is longer than/);
});
