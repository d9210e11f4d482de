import { ask } from '../../api.ts';
import type { Product } from '../../commerce.ts';
import { readMinor } from '../../money.ts';
import { operatorToken } from '../../session.ts';
import { chosen, doings, explained, lay, offer, productPath } from './goods.ts';
import { line, measure } from './witness.ts';

/** Gives the product on the desk the price that was written, if it is still as it lies there. */
export function changePrice(written: string, onDone: () => void): Promise<void> {
  return doings.run('price', async () => {
    if (!chosen.value) return;
    const { product, etag } = chosen.value;
    const { productId, currency } = product;
    const price = amountOf(written, currency);
    if (price === product.price) throw new Error('That is its price already.');
    const asked = { method: 'PATCH', body: { price }, token: operatorToken.value, ifMatch: etag } as const;
    await measure(
      'A new price',
      ({ currentPrice }) => currentPrice === price,
      () => ask<Product>(productPath(productId), asked).then(laid, refused),
    );
    onDone();
  });
}

/** Adds units to the stock of the product on the desk, or takes some. */
export function changeStock(written: string, onDone: () => void): Promise<void> {
  return doings.run('stock', async () => {
    const id = chosen.value?.product.productId;
    if (id === undefined) return;
    const delta = Number(written);
    if (!Number.isInteger(delta) || delta === 0)
      throw new Error('Write how many units come, or -1 where one goes.');
    const before = line.value?.availableQty;
    const asked = { method: 'POST', body: { delta }, token: operatorToken.value } as const;
    await measure(
      'More or less stock',
      ({ availableQty }) => availableQty !== before,
      () => ask<Product>(productPath(id, 'stock'), asked).then(laid, refused),
    );
    onDone();
  });
}

/** A product as it is written into the form. */
export type Written = Readonly<
  Record<'productId' | 'name' | 'category' | 'price' | 'currency' | 'inventory', string>
>;

/** Creates a product and puts it on the desk: it is visible once it can be put into a cart. */
export function create(written: Written, onDone: () => void): Promise<void> {
  return doings.run('create', async () => {
    const { productId, name, category } = written;
    const before = line.value?.productId;
    const currency = written.currency.toUpperCase();
    const body = {
      ...(productId !== '' && { productId }),
      ...(category !== '' && { category }),
      name,
      currency,
      price: amountOf(written.price, currency),
      inventory: Number(written.inventory),
    };
    const asked = { method: 'POST', body, token: operatorToken.value } as const;
    await measure(
      'A new product',
      ({ productId }) => productId !== before,
      () => ask<Product>('/products', asked).then(laid, refused),
    );
    onDone();
    await offer();
  });
}

function amountOf(written: string, currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) throw new Error('A currency has three letters, such as EUR.');
  const amount = readMinor(written, currency);
  if (amount === undefined) throw new Error(`That is no amount of ${currency}.`);
  return amount;
}

function laid(answer: Awaited<ReturnType<typeof ask<Product>>>) {
  lay(answer);
  return answer;
}

async function refused(error: unknown): Promise<never> {
  throw await explained(error);
}
