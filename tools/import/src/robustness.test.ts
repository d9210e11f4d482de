import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@tandem/chassis/errors';
import { assert as always, array, asyncProperty, constantFrom, oneof, string, uint8Array } from 'fast-check';
import { readContent } from './testing.ts';

const headers = [
  'productId,name,price,currency',
  'Handle,Title,Body (HTML),Variant Price,Option1 Value,Image Src',
  'ID,Type,SKU,Name,Regular price,Parent,Images',
  'id\ttitle\tprice\tavailability',
  'sku,name,price,product_type,categories,qty',
  'InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country',
];
/** Texts that are special in some format. */
const parts = oneof(
  string({ unit: 'binary', maxLength: 5 }),
  constantFrom(
    '"',
    '""',
    ',',
    ';',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '1.234',
    '-1',
    '19,99 €',
    'variable',
    'variation',
    'id:1',
  ),
  constantFrom(
    '<b>',
    '&nbsp;',
    '&#0;',
    '<![CDATA[',
    '</item>',
    '<item>',
    '<g:id>',
    '~20',
    '\uFEFF',
    '\u0000',
    '\ud800',
  ),
);

test('any rows under the header of any format end in products and reasons', async () => {
  await always(
    asyncProperty(constantFrom(...headers), array(parts, { maxLength: 60 }), async (header, row) => {
      const { products, bad } = await readContent('a.csv', `${header}\n${row.join('')}\n`, {
        currency: 'EUR',
      }).catch((error: unknown) => {
        assert.ok(error instanceof DomainError, String(error));
        return { products: [], bad: [] };
      });
      for (const { line, reason } of bad) assert.ok(line > 1 && reason !== '');
      assert.ok(products.every((product) => typeof product === 'object'));
    }),
    { numRuns: 300 },
  );
});

test('any bytes are products or an error of one line', async () => {
  await always(
    asyncProperty(
      constantFrom('a.csv', 'a.tsv', 'a.xml', 'a.json'),
      constantFrom('', '<rss><item>', 'productId,name\n', '[{"productId":"a","name":"'),
      oneof(uint8Array({ maxLength: 80 }), array(parts, { maxLength: 40 })),
      async (name, start, content) => {
        const bytes = Buffer.concat([
          Buffer.from(start),
          content instanceof Uint8Array ? content : Buffer.from(content.join('')),
        ]);
        await readContent(name, bytes, { currency: 'EUR' }).catch((error: unknown) => {
          assert.ok(error instanceof DomainError, String(error));
          assert.doesNotMatch(error.message, /\n/);
        });
      },
    ),
    { numRuns: 300 },
  );
});
