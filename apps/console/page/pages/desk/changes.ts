import { ask } from '../../api.ts';
import { type Product, productPath } from '../../commerce.ts';
import { readMinor } from '../../money.ts';
import { operatorToken } from '../../session.ts';
import { chosen, doings, explained, lay, offer } from './goods.ts';
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

/** Gives the product on the desk a limit of units per cart, or none where nothing was written. */
export function changeLimit(written: string, onDone: () => void): Promise<void> {
  return doings.run('limit', async () => {
    if (!chosen.value) return;
    const { product, etag } = chosen.value;
    const maxPerCart = written === '' ? null : Number(written);
    if (maxPerCart !== null && !(Number.isInteger(maxPerCart) && maxPerCart > 0))
      throw new Error('Write how many units one cart may have, or nothing for no limit.');
    const asked = {
      method: 'PATCH',
      body: { maxPerCart },
      token: operatorToken.value,
      ifMatch: etag,
    } as const;
    await ask<Product>(productPath(product.productId), asked).then(laid, refused);
    onDone();
  });
}

/** Adds a delivery to the stock on hand of the product on the desk, or takes a loss from it. */
export function changeStock(written: string, onDone: () => void): Promise<void> {
  return doings.run('stock', async () => {
    const delta = Number(written);
    if (!Number.isInteger(delta) || delta === 0)
      throw new Error('Write how many units are delivered, or -1 where one is lost.');
    await sendStock('Delivery or loss', { delta });
    onDone();
  });
}

/** Sets the stock on hand of the product on the desk to a count, if it still is what the operator saw when they counted. */
export function countStock(written: string, expectedOnHand: number, onDone: () => void): Promise<void> {
  return doings.run('count', async () => {
    const onHand = Number(written);
    if (written === '' || !Number.isInteger(onHand) || onHand < 0)
      throw new Error('Write how many units are on hand.');
    if (onHand === expectedOnHand) throw new Error('That is the stock on hand already.');
    await sendStock('Stock count', { onHand, expectedOnHand }).finally(onDone);
  });
}

type StockChange = { readonly delta: number } | { readonly onHand: number; readonly expectedOnHand: number };

/** Sends a change of the stock on hand, and measures it where it changes the available units. */
async function sendStock(what: string, body: StockChange): Promise<void> {
  if (!chosen.value) return;
  const { productId, onHand, held, inventory } = chosen.value.product;
  const after = 'delta' in body ? onHand + body.delta : body.onHand;
  const before = line.value?.availableQty;
  const asked = { method: 'POST', body, token: operatorToken.value } as const;
  const send = () => ask<Product>(productPath(productId, 'stock'), asked).then(laid, refused);
  if (Math.max(0, after - held) === inventory) await send();
  else await measure(what, ({ availableQty }) => availableQty !== before, send);
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
