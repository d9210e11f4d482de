import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assert as always, integer, property } from 'fast-check';
import { columns, parsePence, readCatalog } from './catalog.ts';
import { readSalesFile } from './source.ts';

const tail = '12/2/10 9:00,19999,United Kingdom';

/** Reads rows given as invoice, code, description, quantity, price; the first is on line 2. */
function read(...rows: [string, string, string, string, string][]) {
  const lines = rows.map(([invoice, code, text, units, price]) => {
    const [date, ...customer] = tail.split(',');
    return [invoice, code, text, units, date, price, ...customer].join(',');
  });
  const catalog = readCatalog(`${columns.join(',')}\r\n${lines.join('\r\n')}\r\n`);
  assert.ok(catalog);
  return catalog;
}

test('a code’s rows become one product: first description, last price, sum of quantities', () => {
  const { entries, sales, bad } = read(
    ['600001', '10001a', '', '2', '1.5'],
    ['600001', '10002', 'BLUE  MUG ', '1', '3'],
    ['600002', '10001A', ' RED   MUG', '3', '1.65'],
    ['600003', '10001A', 'RED MUG BIG', '5', '2.1'],
  );
  assert.deepEqual(entries, [
    {
      line: 2,
      product: { productId: '10001A', name: 'RED MUG', price: 210, currency: 'GBP', inventory: 10 },
    },
    { line: 3, product: { productId: '10002', name: 'BLUE MUG', price: 300, currency: 'GBP', inventory: 1 } },
  ]);
  assert.deepEqual(sales[0], { line: 2, invoice: '600001', productId: '10001A', quantity: 2, price: 150 });
  assert.equal(sales.length, 4);
  assert.deepEqual(bad, []);
});

test('each kind of bad row is reported with its line and is not in the catalog', () => {
  const { entries, sales, bad } = read(
    ['C600001', '10001', 'MUG', '-1', '1'],
    ['600001', '10001', 'MUG', '-1', '1'],
    ['600001', '10001', 'MUG', '1.5', '1'],
    ['600001', '10001', 'MUG', '0', '1'],
    ['600001', '10001', 'MUG', '1', '0'],
    ['600001', '10001', 'MUG', '1', '-11062.06'],
    ['600001', '10001', 'MUG', '1', '0.001'],
    ['600001', 'POST', 'POSTAGE', '1', '18'],
    ['600001', 'BANK CHARGES', 'Bank Charges', '1', '15'],
    ['600001', '10002', '', '1', '1'],
    ['', '10001', 'MUG', '1', '1'],
    ['600001', '10001', 'MUG, BIG', '1', '1'],
  );
  assert.deepEqual(bad, [
    { line: 2, reason: 'cancellation C600001' },
    { line: 3, reason: 'quantity "-1" is not a positive whole number' },
    { line: 4, reason: 'quantity "1.5" is not a positive whole number' },
    { line: 5, reason: 'quantity "0" is not a positive whole number' },
    { line: 6, reason: 'price "0" is not a positive amount with at most two decimals' },
    { line: 7, reason: 'price "-11062.06" is not a positive amount with at most two decimals' },
    { line: 8, reason: 'price "0.001" is not a positive amount with at most two decimals' },
    { line: 9, reason: 'stock code "POST" is not a product' },
    { line: 10, reason: 'stock code "BANK CHARGES" is not a product' },
    { line: 11, reason: 'no description in any valid row of 10002' },
    { line: 12, reason: 'no invoice number' },
    { line: 13, reason: '9 columns instead of 8' },
  ]);
  assert.deepEqual([entries, sales], [[], []]);
});

test('the description of a bad row is ignored', () => {
  const { bad } = read(['600001', '10001', '', '1', '1'], ['C600002', '10001', 'damaged', '-1', '1']);
  assert.deepEqual(
    bad.map(({ line }) => line),
    [2, 3],
  );
});

test('the stock code distinguishes products from charges', () => {
  for (const code of [
    '22423',
    '85123A',
    '85123a',
    '15056BL',
    '79323LP',
    'gift_0001_20',
    'DCGS0003',
    'DCGSSBOY',
  ]) {
    assert.equal(read(['600001', code, 'X', '1', '1']).entries[0]?.product.productId, code.toUpperCase());
  }
  for (const code of [
    'POST',
    'D',
    'M',
    'm',
    'DOT',
    'BANK CHARGES',
    'AMAZONFEE',
    'CRUK',
    'S',
    'B',
    'PADS',
    'C2',
    '',
    '1234',
  ]) {
    assert.equal(read(['600001', code, 'X', '1', '1']).entries.length, 0, code);
  }
});

test('prices are parsed exactly', () => {
  always(
    property(integer({ min: 1, max: 10 ** 13 }), (pence) => {
      const text = `${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, '0')}`;
      assert.equal(parsePence(text), pence);
    }),
  );
  for (const [text, pence] of [
    ['2.1', 210],
    ['1.1', 110],
    ['18', 1800],
    ['0.29', 29],
    ['4.350', 435],
    ['008.5', 850],
  ] as const) {
    assert.equal(parsePence(text), pence);
  }
  for (const text of ['', '0', '0.00', '-1', '1.', '.5', '1,5', '1e3', '0.125', '£2', 'NaN', ' 1']) {
    assert.equal(parsePence(text), undefined, text);
  }
});

test('a file without the expected columns is rejected', () => {
  assert.equal(readCatalog(''), undefined);
  assert.equal(readCatalog('600001,10001,MUG,1,d,1,c,UK\n'), undefined);
  assert.equal(readCatalog(`InvoiceNo,StockCode\n${columns.join(',')}\n`), undefined);
  assert.deepEqual(readCatalog(`\uFEFF${columns.join(',')}\n`), { entries: [], sales: [], bad: [] });
});

const sample = join(import.meta.dirname, '../../../../shared/data/online-retail-sample.csv');
const skip = existsSync(sample) ? false : 'no ../shared/data/online-retail-sample.csv beside the checkout';

test('a real file with 999 rows has 13 bad ones', { skip }, async () => {
  const { entries, sales, bad } = await readSalesFile(sample);
  assert.equal(entries.length, 584);
  assert.equal(sales.length, 986);
  assert.deepEqual(
    bad.map(({ line }) => line),
    [47, 143, 156, 237, 238, 239, 240, 241, 242, 243, 388, 624, 941],
  );
  assert.deepEqual(entries[0]?.product, {
    productId: '85123A',
    name: 'WHITE HANGING HEART T-LIGHT HOLDER',
    price: 295,
    currency: 'GBP',
    inventory: 141,
  });
  const stocked = entries.reduce((sum, { product }) => sum + product.inventory, 0);
  assert.equal(stocked, 12_863);
});
