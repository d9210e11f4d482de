import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContent } from '../testing.ts';

const DAY = 86_400_000;
/** Time so many days from now. */
const at = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const day = (days: number) => at(days).slice(0, 10);
/** A time as feeds have it: with a zone, without seconds. */
const minute = (days: number) => `${at(days).slice(0, 16)}+0000`;

/** Price of the only product of a CSV file of one row, or the reason why there is none. */
async function priceOf(header: string, row: string): Promise<unknown> {
  const { products, bad } = await readContent('a.csv', `${header}\n${row}\n`, { currency: 'EUR' });
  return (products as readonly { readonly price: number }[])[0]?.price ?? bad[0]?.reason;
}

const google = 'id,title,price,availability,sale_price,sale_price_effective_date';

test('a Google sale is in effect within its interval, with spaces around the slash or none (import 2)', async () => {
  for (const write of [at, minute, day])
    for (const slash of ['/', ' / ', ' /', '/ ', '/\u00a0']) {
      const price = (from: number, to: number) =>
        priceOf(google, `a,Mat,9 EUR,in_stock,5 EUR,${write(from)}${slash}${write(to)}`);
      assert.equal(await price(-2, 2), 500, slash);
      assert.equal(await price(2, 4), 900, slash);
      assert.equal(await price(-4, -2), 900, slash);
    }
  assert.equal(await priceOf(google, 'a,Mat,9 EUR,in_stock,5 EUR,'), 500);
});

test('a sale whose dates cannot be read costs the row (import 2)', async () => {
  for (const interval of ['soon', 'soon 1/then 2', '01.12.2026/31.12.2026', `${day(-1)}/2026-13-01`, '/then'])
    assert.match(
      String(await priceOf(google, `a,Mat,9 EUR,in_stock,5 EUR,${interval}`)),
      /^date "[^"/]+" of the reduced price is unknown: use a form such as /,
    );
  assert.match(
    String(await priceOf(google, 'a,Mat,9 EUR,in_stock,5 EUR,11/1/2026-11/9/2026')),
    /is not of the form START\/END$/,
  );
  assert.equal(await priceOf(google, 'a,Mat,9 EUR,in_stock,,soon'), 900);
  const magento = 'sku,name,price,product_type,special_price,special_price_to_date';
  assert.match(String(await priceOf(magento, 'a,Mat,9,simple,5,tomorrow')), /^date "tomorrow"/);
  const woocommerce = 'ID,Type,Name,Regular price,Sale price,Date sale price ends';
  assert.match(String(await priceOf(woocommerce, '1,simple,Mat,9,5,13/31/2026')), /^date "13\/31\/2026"/);
});

test('dates of the other shops are read', async () => {
  const magento = 'sku,name,price,product_type,special_price,special_price_from_date,special_price_to_date';
  const american = (days: number) => {
    const [year = '', month = '', date = ''] = day(days).split('-');
    return `${Number(month)}/${Number(date)}/${year.slice(2)}`;
  };
  const sql = (days: number) => at(days).slice(0, 19).replace('T', ' ');
  for (const write of [american, (days: number) => `"${american(days)}, 12:00 AM"`, sql, day]) {
    assert.equal(await priceOf(magento, `a,Mat,9,simple,5,${write(-2)},${write(2)}`), 500, write(-2));
    assert.equal(await priceOf(magento, `a,Mat,9,simple,5,${write(-4)},${write(-2)}`), 900, write(-4));
  }
});
