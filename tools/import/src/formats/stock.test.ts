import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContent } from '../testing.ts';

/** Stock of the only product of a CSV file of one row; 500 is that of products which the file does not count. */
async function stockOf(header: string, row: string): Promise<unknown> {
  const { products, bad } = await readContent('a.csv', `${header}\n${row}\n`, {
    currency: 'EUR',
    inventory: 500,
  });
  const [product] = products as readonly { readonly inventory?: number }[];
  return product ? product.inventory : bad[0]?.reason;
}

test('a Magento product that is sold out has no units, one whose units are not counted the given ones (import 3)', async () => {
  const header = 'sku,name,price,product_type,qty,is_in_stock,manage_stock,use_config_manage_stock';
  for (const [cells, stock] of [
    ['25.0000,0,1,1', 0],
    ['25.0000,0,,', 0],
    ['25.0000,1,1,0', 25],
    ['0,1,0,0', 500],
    ['0,,0,', 500],
    ['7,1,0,1', 7],
    ['0,1,,', 0],
    [',1,,', 500],
    ['7,0,0,0', 0],
  ] as const)
    assert.equal(await stockOf(header, `a,Mat,5,simple,${cells}`), stock, cells);
});

test('a Google product that is not in stock has no units, whatever its quantity (import 3)', async () => {
  const header = 'id,title,price,availability,quantity';
  for (const [cells, stock] of [
    ['out_of_stock,5', 0],
    ['out of stock,5', 0],
    ['preorder,5', 0],
    ['in_stock,5', 5],
    ['in_stock,', 500],
    [',5', 5],
  ] as const)
    assert.equal(await stockOf(header, `a,Mat,5 EUR,${cells}`), stock, cells);
});

test('a Shopify variant without a tracker is not counted, if the file has the column (import 3)', async () => {
  for (const [header, cells, stock] of [
    ['Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty', 'a,Mat,5,,0', 500],
    ['Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty', 'a,Mat,5,shopify,0', 0],
    ['Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty', 'a,Mat,5,shopify,-2', 0],
    ['Handle,Title,Variant Price,Variant Inventory Qty', 'a,Mat,5,0', 0],
    ['URL handle,Title,Price,Option1 value,Inventory tracker,Inventory quantity', 'a,Mat,5,,,0', 500],
    ['URL handle,Title,Price,Option1 value,Inventory tracker,Inventory quantity', 'a,Mat,5,,shopify,4', 4],
  ] as const)
    assert.equal(await stockOf(header, cells), stock, `${header}: ${cells}`);
});

test('a WooCommerce product that is sold out has no units (import 3)', async () => {
  const header = 'ID,Type,Name,Regular price,In stock?,Stock';
  for (const [cells, stock] of [
    ['0,5', 0],
    ['0,', 0],
    ['1,5', 5],
    ['1,', 500],
  ] as const)
    assert.equal(await stockOf(header, `1,simple,Mat,5,${cells}`), stock, cells);
});

test('only a negative whole number is a negative stock (import 4)', async () => {
  for (const [stock, expected] of [
    ['-2', 0],
    ['-2.0000', 0],
    ['-0', 0],
    ['4.00', 4],
    ['', 500],
  ] as const)
    assert.equal(await stockOf('sku,name,price,stock', `a,Mat,5,${stock}`), expected, stock);
  for (const stock of ['-', '--', '-abc', '-1.5', '- 1', '–', '−3', '-1e3', '5-', '1.000', 'n/a'])
    assert.equal(
      await stockOf('sku,name,price,stock', `a,Mat,5,${stock}`),
      `stock "${stock}" is not a whole number: use one such as 12`,
    );
  assert.match(
    String(await stockOf('ID,Type,Name,Regular price,In stock?,Stock', '1,simple,Mat,5,1,-')),
    /^stock "-"/,
  );
});
