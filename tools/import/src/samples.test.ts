import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { read } from './testing.ts';

const NOT_PUBLISHED = 'not published in the shop: publish it there to import it';
const sample = (name: string) => join(import.meta.dirname, '../../../samples', name);

test('UCI Online Retail II, in its European copy: sums of quantities, last prices', async () => {
  const { format, products, bad } = await read(sample('online-retail-ii.csv'));
  assert.equal(format, 'UCI Online Retail');
  assert.deepEqual(products, [
    { productId: '70001A', name: 'RED TIN LANTERN', price: 275, currency: 'GBP', inventory: 6 },
    { productId: '70002', name: 'TEA COSY, BLUE', price: 125_000, currency: 'GBP', inventory: 1 },
  ]);
  assert.deepEqual(
    bad.map(({ line }) => line),
    [4, 6],
  );
});

test('Shopify: variants are products with the name, text and image of their product', async () => {
  const { format, products, bad, notes } = await read(sample('shopify.csv'), { currency: 'EUR' });
  assert.equal(format, 'Shopify product export');
  const shirt = {
    description: 'Washed linen & shell buttons.\n\n* cut in Porto',
    category: 'Shirts',
    price: 5900,
    currency: 'EUR',
  };
  assert.deepEqual(products, [
    {
      productId: 'LS~2FS~20SAND',
      name: 'Linen shirt – S / Sand',
      imageUrl: 'https://shop.example/linen-1.jpg',
      inventory: 4,
      ...shirt,
    },
    {
      productId: 'LS~2FM~20SAND',
      name: 'Linen shirt – M / Sand',
      imageUrl: 'https://shop.example/linen-m.jpg',
      inventory: 0,
      ...shirt,
    },
    {
      productId: 'candle',
      name: 'Candle',
      description: 'Soy wax',
      category: 'Home',
      imageUrl: 'https://shop.example/candle.jpg',
      price: 850,
      currency: 'EUR',
      inventory: 12,
    },
    { productId: '0042', name: 'Gift box', category: 'Home', price: 1490, currency: 'EUR', inventory: 3 },
    ...['Left', 'Right'].map((side) => ({
      productId: `mitten.${side}`,
      name: `Mitten – ${side}`,
      category: 'Home',
      price: 3000,
      currency: 'EUR',
      inventory: 3,
    })),
  ]);
  assert.deepEqual(bad, [
    { line: 7, reason: NOT_PUBLISHED },
    { line: 8, reason: `its status is archived: ${NOT_PUBLISHED}` },
  ]);
  assert.deepEqual(notes, [
    'line 2: the id "LS/S SAND" becomes LS~2FS~20SAND',
    'line 3: the id "LS/M SAND" becomes LS~2FM~20SAND',
    'negative stocks set to 0: 1 (first: line 3)',
    'rows that are no products of their own, but images, parents or translations: 1 (first: line 4)',
  ]);
});

test('WooCommerce: variations have what their row leaves out from their product, which may come later', async () => {
  const { format, products, bad } = await read(sample('woocommerce.csv'), { currency: 'EUR', inventory: 9 });
  assert.equal(format, 'WooCommerce product export');
  const cap = { description: 'Knitted, warm.', category: 'Accessories > Caps', currency: 'EUR' };
  assert.deepEqual(products, [
    {
      productId: '21',
      name: 'Wool cap – Grey',
      imageUrl: 'https://shop.example/cap-1.jpg',
      price: 2400,
      inventory: 5,
      ...cap,
    },
    {
      productId: 'CAP-RED',
      name: 'Wool cap - Red',
      imageUrl: 'https://shop.example/cap-red.jpg',
      price: 1900,
      inventory: 0,
      ...cap,
    },
    {
      productId: 'VOUCHER',
      name: 'Voucher & card',
      description: '50 to spend',
      category: 'Vouchers',
      price: 5000,
      currency: 'EUR',
      inventory: 9,
      maxPerCart: 1,
    },
  ]);
  assert.deepEqual(bad, [
    { line: 6, reason: NOT_PUBLISHED },
    { line: 8, reason: 'its parent "id:99" is not in the file' },
    { line: 9, reason: 'no price' },
  ]);
});

test('Google Merchant feed as text: prices with their currency, sale prices in effect, options in the name', async () => {
  const { format, products, bad } = await read(sample('google.tsv'));
  assert.equal(format, 'Google Merchant feed');
  assert.deepEqual(products, [
    {
      productId: 'pan~2028',
      name: 'Frying pan, 28 cm',
      description: 'Iron, 11" across',
      category: 'Kitchen > Pans',
      imageUrl: 'https://shop.example/pan.jpg',
      price: 3590,
      currency: 'EUR',
    },
    {
      productId: 'sock-42',
      name: 'Sock – Green / 42',
      description: 'Wool',
      category: 'Apparel & Accessories > Clothing',
      imageUrl: 'https://shop.example/sock.jpg',
      price: 1200,
      currency: 'EUR',
      inventory: 0,
    },
  ]);
  assert.deepEqual(bad, [{ line: 4, reason: 'price "twelve" is not an amount: use a number such as 5.00' }]);
});

test('Google Merchant feed as XML: the elements of an item, with a fault of the XML in one item only', async () => {
  const { format, products, bad } = await read(sample('google.xml'));
  assert.equal(format, 'Google Merchant feed');
  assert.deepEqual(products, [
    {
      productId: 'KET-1',
      name: 'Kettle 1.7 l & lid',
      description: 'Steel',
      imageUrl: 'https://shop.example/k.jpg?v=1&width=900',
      price: 129_900,
      currency: 'EUR',
    },
    { productId: 'KET-3', name: 'Lid', price: 1999, currency: 'EUR', inventory: 0 },
  ]);
  assert.deepEqual(bad, [{ line: 15, reason: 'not well-formed XML: Unexpected close tag' }]);
});

test('Magento: simple products, without translations, parents and disabled products', async () => {
  const { format, products, bad } = await read(sample('magento.csv'), { currency: 'USD' });
  assert.equal(format, 'Magento product export');
  assert.deepEqual(products, [
    {
      productId: 'MAT-01',
      name: 'Yoga mat, 4 mm',
      description: 'Cork.',
      category: 'Sport',
      price: 4900,
      currency: 'USD',
      inventory: 25,
    },
    {
      productId: 'MAT-02',
      name: 'Yoga mat, 6 mm',
      category: 'Sport',
      imageUrl: 'https://shop.example/mat.jpg',
      price: 4550,
      currency: 'USD',
      inventory: 0,
    },
  ]);
  assert.deepEqual(bad, [{ line: 6, reason: NOT_PUBLISHED }]);
});

test('plain columns: prices in major units of their currency; a row may leave fields out', async () => {
  const { format, products, bad, notes } = await read(sample('products.csv'));
  assert.equal(format, 'products');
  assert.deepEqual(products, [
    {
      productId: 'mug',
      name: 'Mug',
      description: 'Holds 300 ml',
      category: 'kitchen',
      imageUrl: '/images/mug.jpg',
      price: 1250,
      currency: 'EUR',
      inventory: 40,
      maxPerCart: 6,
    },
    { productId: 'tea~20', name: 'Tea', category: 'kitchen', price: 1200, currency: 'JPY', inventory: 5 },
    { productId: 'tea~2020', name: 'Tea too', price: 3250, currency: 'KWD' },
    { productId: 'plate', inventory: 7 },
  ]);
  assert.deepEqual(bad, [
    { line: 5, reason: 'the id "mug" is already on line 2: give each row an id of its own' },
    { line: 6, reason: 'price "9.999" has more than the 2 decimals of EUR, or is too large' },
    { line: 7, reason: 'no product id' },
  ]);
  assert.ok(
    notes.some((note) => note.startsWith('images left out, which are no http(s) address or path: 1 ')),
  );
});
