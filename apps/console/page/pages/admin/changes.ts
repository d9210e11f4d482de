import { request } from '../../api.ts';
import { type Product, productPath } from '../../commerce.ts';
import { formatMinor, parseMinor } from '../../money.ts';
import { operatorToken } from '../../session.ts';
import { selectedProduct, actions, explainConflict, setProduct, loadProducts } from './products.ts';
import { line, measure } from './observed-cart.ts';

/** Changes the price of the selected product, unless the product was changed since it was loaded. */
export function changePrice(input: string, onDone: () => void): Promise<void> {
  return actions.run('price', async () => {
    if (!selectedProduct.value) return;
    const { product, etag } = selectedProduct.value;
    const { productId, currency } = product;
    const price = amountOf(input, currency);
    if (price === product.price) throw new Error('The product already has this price. Enter another one.');
    const options = { method: 'PATCH', body: { price }, token: operatorToken.value, ifMatch: etag } as const;
    await measure(
      'Price change',
      ({ currentPrice }) => currentPrice === price,
      () => request<Product>(productPath(productId), options).then(showProduct, rethrowExplained),
    );
    onDone();
  });
}

/** Changes the limit of units per cart of the selected product; an empty input removes it. */
export function changeLimit(input: string, onDone: () => void): Promise<void> {
  return actions.run('limit', async () => {
    if (!selectedProduct.value) return;
    const { product, etag } = selectedProduct.value;
    const maxPerCart = input === '' ? null : Number(input);
    if (maxPerCart !== null && !(Number.isInteger(maxPerCart) && maxPerCart > 0))
      throw new Error('The limit must be a whole number of at least 1. Leave it empty for no limit.');
    const options = {
      method: 'PATCH',
      body: { maxPerCart },
      token: operatorToken.value,
      ifMatch: etag,
    } as const;
    await request<Product>(productPath(product.productId), options).then(showProduct, rethrowExplained);
    onDone();
  });
}

/** Changes the stock on hand of the selected product: a positive number is a delivery, a negative one a loss. */
export function changeStock(input: string, onDone: () => void): Promise<void> {
  return actions.run('stock', async () => {
    const delta = Number(input);
    if (!Number.isInteger(delta) || delta === 0)
      throw new Error(
        'The change must be a whole number other than 0. Enter the units delivered, or a negative number for a loss.',
      );
    await sendStock('Stock change', { delta });
    onDone();
  });
}

/** Sets the stock on hand of the selected product to a count, unless it differs from `expectedOnHand`. */
export function countStock(input: string, expectedOnHand: number, onDone: () => void): Promise<void> {
  return actions.run('count', async () => {
    const onHand = Number(input);
    if (input === '' || !Number.isInteger(onHand) || onHand < 0)
      throw new Error('The count must be a whole number of at least 0. Enter the units on hand.');
    if (onHand === expectedOnHand)
      throw new Error('The stock on hand already has this value. Enter another count.');
    await sendStock('Stock count', { onHand, expectedOnHand }).finally(onDone);
  });
}

type StockChange = { readonly delta: number } | { readonly onHand: number; readonly expectedOnHand: number };

/** Sends a change of the stock on hand; measures its latency if the available units change. */
async function sendStock(description: string, body: StockChange): Promise<void> {
  if (!selectedProduct.value) return;
  const { productId, onHand, held, inventory } = selectedProduct.value.product;
  const after = 'delta' in body ? onHand + body.delta : body.onHand;
  const before = line.value?.availableQty;
  const options = { method: 'POST', body, token: operatorToken.value } as const;
  const send = () =>
    request<Product>(productPath(productId, 'stock'), options).then(showProduct, rethrowExplained);
  if (Math.max(0, after - held) === inventory) await send();
  else await measure(description, ({ availableQty }) => availableQty !== before, send);
}

/** Fields of the form for a new product. */
export type ProductForm = Readonly<
  Record<'productId' | 'name' | 'category' | 'price' | 'currency' | 'inventory', string>
>;

/** Creates a product and selects it; its latency ends when it can be added to a cart. */
export function create(input: ProductForm, onDone: () => void): Promise<void> {
  return actions.run('create', async () => {
    const { productId, name, category } = input;
    const before = line.value?.productId;
    const currency = input.currency.toUpperCase();
    const body = {
      ...(productId !== '' && { productId }),
      ...(category !== '' && { category }),
      name,
      currency,
      price: amountOf(input.price, currency),
      inventory: Number(input.inventory),
    };
    const options = { method: 'POST', body, token: operatorToken.value } as const;
    await measure(
      'New product',
      ({ productId }) => productId !== before,
      () => request<Product>('/products', options).then(showProduct, rethrowExplained),
    );
    onDone();
    await loadProducts();
  });
}

function amountOf(input: string, currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency))
    throw new Error('The currency is not valid. Enter a three-letter code such as EUR.');
  const amount = parseMinor(input, currency);
  if (amount === undefined)
    throw new Error(
      `The price is not an amount in ${currency}. Enter a number such as ${formatMinor(1990, currency)}.`,
    );
  return amount;
}

function showProduct(response: Awaited<ReturnType<typeof request<Product>>>) {
  setProduct(response);
  return response;
}

async function rethrowExplained(error: unknown): Promise<never> {
  throw await explainConflict(error);
}
