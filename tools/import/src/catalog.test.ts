import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { columns, readCatalog, type Sale } from './catalog.ts';
import { columnKey, openCsv, toRow } from './file/table.ts';
import { readSalesFile } from './source.ts';

/** Reads rows given as invoice, code, description, quantity, price; the first is on line 2. */
async function read(...rows: [string, string, string, string, string][]) {
  const keys = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'UnitPrice'].map(columnKey);
  const sales: Sale[] = [];
  const catalog = await readCatalog(
    {
      file: 'sales.csv',
      columns,
      async *rows() {
        for (const [index, cells] of rows.entries())
          yield toRow(index + 2, (column) => cells[keys.indexOf(column)]);
      },
    },
    { onSale: (sale) => sales.push(sale) },
  );
  return { ...catalog, sales };
}

test('a code’s rows become one product: first description, last price, sum of quantities', async () => {
  const { entries, sales, bad } = await read(
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

test('each kind of bad row is reported with its line and is not in the catalog', async () => {
  const { entries, bad } = await read(
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
  );
  assert.deepEqual(bad, [
    { line: 2, reason: 'cancellation C600001' },
    { line: 3, reason: 'quantity "-1" is not a positive whole number' },
    { line: 4, reason: 'quantity "1.5" is not a positive whole number' },
    { line: 5, reason: 'quantity "0" is not a positive whole number' },
    { line: 6, reason: 'price "0" is not a positive amount' },
    { line: 7, reason: 'price "-11062.06" is not a positive amount' },
    { line: 8, reason: 'price "0.001" has more than the 2 decimals of GBP, or is too large' },
    { line: 9, reason: 'stock code "POST" is not a product' },
    { line: 10, reason: 'stock code "BANK CHARGES" is not a product' },
    { line: 11, reason: 'no description in any valid row of 10002' },
    { line: 12, reason: 'no invoice number' },
  ]);
  assert.deepEqual(entries, []);
});

test('the description of a bad row is ignored', async () => {
  const { bad } = await read(['600001', '10001', '', '1', '1'], ['C600002', '10001', 'damaged', '-1', '1']);
  assert.deepEqual(
    bad.map(({ line }) => line),
    [2, 3],
  );
});

test('the stock code distinguishes products from charges', async () => {
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
    assert.equal(
      (await read(['600001', code, 'X', '1', '1'])).entries[0]?.product.productId,
      code.toUpperCase(),
    );
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
    assert.equal((await read(['600001', code, 'X', '1', '1'])).entries.length, 0, code);
  }
});

test('prices of a file with a decimal comma are read so, and those that could be thousands as well', async () => {
  const { entries, bad } = await read(
    ['1', '10001', 'MUG', '1', '2,55'],
    ['1', '10002', 'LAMP', '1', '1.250'],
  );
  assert.deepEqual(
    entries.map(({ product }) => product.price),
    [255, 125_000],
  );
  assert.deepEqual(bad, []);
});

test('a price in another currency than the file’s is bad (import 14)', async () => {
  const { entries, bad } = await read(
    ['1', '10001', 'MUG', '1', '£2.55'],
    ['1', '10002', 'LAMP', '1', '2.55 EUR'],
    ['1', '10003', 'BOWL', '1', '$2.55'],
  );
  assert.deepEqual(
    entries.map(({ product }) => product.price),
    [255],
  );
  assert.deepEqual(bad, [
    { line: 3, reason: 'price "2.55 EUR" is in EUR, not in GBP: correct one of them' },
    {
      line: 4,
      reason: 'price "$2.55" is in ARS, AUD, BBD, BMD, …, not in GBP: correct one of them',
    },
  ]);
});

const sample = join(import.meta.dirname, '../../../../shared/data/online-retail-sample.csv');
const skip = existsSync(sample) ? false : 'no ../shared/data/online-retail-sample.csv beside the checkout';

test('a real file with 999 rows has 13 bad ones', { skip }, async () => {
  const { sales } = await readSalesFile(sample);
  const { entries, bad } = await readCatalog(await openCsv(sample));
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
