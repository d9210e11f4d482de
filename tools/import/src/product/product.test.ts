import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContent } from '../testing.ts';

/** Price and currency of the only product of a CSV file with these cells, or the reason why there is none. */
async function priceOf(price: string, { column = '', option }: { column?: string; option?: string } = {}) {
  const content = `sku,name,price,currency,stock\na,Sari,"${price}",${column},3\n`;
  const { products, bad } = await readContent('a.csv', content, { currency: option });
  const [product] = products as readonly { readonly price: number; readonly currency: string }[];
  return product ? `${product.price} ${product.currency}` : bad[0]?.reason;
}

test('the number after an abbreviation is not its decimals (import 1)', async () => {
  assert.equal(await priceOf('Rs.500', { option: 'INR' }), '50000 INR');
  assert.equal(await priceOf('Rs.1499', { option: 'INR' }), '149900 INR');
  assert.equal(await priceOf('Rs. 500', { column: 'PKR' }), '50000 PKR');
  assert.equal(await priceOf('kr. 100', { option: 'SEK' }), '10000 SEK');
  assert.equal(await priceOf('Fr. 5', { option: 'CHF' }), '500 CHF');
});

test('currencies that a machine’s ICU does not know are read with their decimals (import 5)', async () => {
  assert.equal(await priceOf('1.2345 CLF'), '12345 CLF');
  assert.equal(await priceOf('1.2345 uyw'), '12345 UYW');
  assert.equal(await priceOf('5', { column: 'ved' }), '500 VED');
  assert.equal(
    await priceOf('5', { column: 'Euro' }),
    'currency "Euro" is not an ISO 4217 code: use one such as EUR',
  );
  assert.match(String(await priceOf('5 XAU', { option: 'EUR' })), /is not an amount/);
});

test('a price in another currency than its row or the option costs the row (import 14)', async () => {
  assert.equal(
    await priceOf('19.99 EUR', { column: 'USD' }),
    'price "19.99 EUR" is in EUR, not in USD: correct one of them',
  );
  assert.match(
    String(await priceOf('£19.99', { option: 'EUR' })),
    /^price "£19\.99" is in EGP, .* not in EUR: /,
  );
  assert.equal(await priceOf('19.99 EUR', { option: 'USD' }), '1999 EUR');
  assert.equal(await priceOf('£19.99', { option: 'GBP' }), '1999 GBP');
  assert.equal(await priceOf('$19.99', { column: 'CAD' }), '1999 CAD');
  assert.equal(await priceOf('₹19.99'), '1999 INR');
  await assert.rejects(priceOf('$19.99'), /does not name the currency of its prices/);
});

test('a reason says what is wrong, then what to do', async () => {
  for (const price of ['5,-', 'from 5', '1.2.3', '50¢'])
    assert.equal(
      await priceOf(price, { option: 'EUR' }),
      `price "${price}" is not an amount: use a number such as 5.00`,
    );
});
