import { request, type RequestOptions } from '../../api.ts';
import { type Product, productPath } from '../../commerce.ts';
import { formatMinor, parseMinor } from '../../money.ts';
import { operatorToken } from '../../session.ts';
import { line, measure } from './observed-cart.ts';
import { actions, explainConflict, loadProducts, selectedProduct, setProduct } from './products.ts';

/** Change of the selected product that an operator enters as text. */
export interface Change {
  readonly name: string;
  /** Text of the button. */
  readonly action: string;
  readonly label: (product: Product) => string;
  /** Text that the input has before it is edited. */
  readonly initial: (product: Product) => string;
  /** Attributes of the input. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Sends the change; `edited` is the product as it was shown when the operator started to type. */
  readonly send: (text: string, edited: Product) => Promise<void>;
}

/** Changes of the price, the stock on hand and the limit per cart. */
export const changes: readonly Change[] = [
  {
    name: 'price',
    action: 'Change the price',
    label: ({ currency }) => `New price in ${currency}`,
    initial: ({ price, currency }) => formatMinor(price, currency),
    input: { inputMode: 'decimal', autocomplete: 'off', required: true },
    async send(text, { currency, price: before }) {
      const price = amountOf(text, currency);
      if (price === before) throw new Error('The product already has this price. Enter another one.');
      await measure(
        'Price change',
        ({ currentPrice }) => currentPrice === price,
        () => patch({ price }),
      );
    },
  },
  {
    name: 'stock',
    action: 'Change the stock',
    label: () => 'Units delivered (negative: lost)',
    initial: () => '10',
    input: { type: 'number', step: 1, required: true },
    async send(text) {
      const delta = Number(text);
      if (!Number.isInteger(delta) || delta === 0)
        throw new Error(
          'The change must be a whole number other than 0. Enter the units delivered, or a negative number for a loss.',
        );
      await sendStock('Stock change', { delta });
    },
  },
  {
    name: 'count',
    action: 'Set the count',
    label: () => 'Units counted on hand',
    initial: ({ onHand }) => String(onHand),
    input: { type: 'number', min: 0, step: 1, required: true },
    async send(text, { onHand: expectedOnHand }) {
      const onHand = Number(text);
      if (text === '' || !Number.isInteger(onHand) || onHand < 0)
        throw new Error('The count must be a whole number of at least 0. Enter the units on hand.');
      if (onHand === expectedOnHand)
        throw new Error('The stock on hand already has this value. Enter another count.');
      await sendStock('Stock count', { onHand, expectedOnHand });
    },
  },
  {
    name: 'limit',
    action: 'Change the limit',
    label: () => 'Limit per cart (empty: none)',
    initial: ({ maxPerCart }) => maxPerCart?.toString() ?? '',
    input: { type: 'number', min: 1, step: 1 },
    async send(text) {
      const maxPerCart = text === '' ? null : Number(text);
      if (maxPerCart !== null && !(Number.isInteger(maxPerCart) && maxPerCart > 0))
        throw new Error('The limit must be a whole number of at least 1. Leave it empty for no limit.');
      await patch({ maxPerCart });
    },
  },
];

/** Patches the selected product, unless its content was changed since it was loaded. */
function patch(body: Partial<Record<keyof Product, unknown>>) {
  const { product, etag } = selectedProduct.value ?? {};
  return send(productPath(product?.productId ?? ''), { method: 'PATCH', body, ifMatch: etag });
}

/** Sends a change of the stock on hand; measures its latency if the available units change. */
async function sendStock(
  description: string,
  body: { readonly delta: number } | { readonly onHand: number; readonly expectedOnHand: number },
): Promise<void> {
  if (!selectedProduct.value) return;
  const { productId, onHand, held, inventory } = selectedProduct.value.product;
  const after = 'delta' in body ? onHand + body.delta : body.onHand;
  const before = line.value?.availableQty;
  const post = () => send(productPath(productId, 'stock'), { method: 'POST', body });
  if (Math.max(0, after - held) === inventory) await post();
  else await measure(description, ({ availableQty }) => availableQty !== before, post);
}

/** Creates a product and selects it; its latency ends when it can be added to a cart. */
export function create(form: Readonly<Record<string, string>>, onDone: () => void): Promise<void> {
  return actions.run('create', async () => {
    const { productId = '', name, category = '', price = '', inventory } = form;
    const before = line.value?.productId;
    const currency = form['currency']?.toUpperCase() ?? '';
    const body = {
      ...(productId !== '' && { productId }),
      ...(category !== '' && { category }),
      name,
      currency,
      price: amountOf(price, currency),
      inventory: Number(inventory),
    };
    await measure(
      'New product',
      ({ productId }) => productId !== before,
      () => send('/products', { method: 'POST', body }),
    );
    onDone();
    await loadProducts();
  });
}

function amountOf(text: string, currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency))
    throw new Error('The currency is not valid. Enter a three-letter code such as EUR.');
  const amount = parseMinor(text, currency);
  if (amount === undefined)
    throw new Error(
      `The price is not an amount in ${currency}. Enter a number such as ${formatMinor(1990, currency)}.`,
    );
  return amount;
}

/** Sends a change as the operator, and shows the product of the response. */
async function send(path: string, options: RequestOptions) {
  const response = await request<Product>(path, { ...options, token: operatorToken.value }).catch(
    async (error: unknown) => {
      throw await explainConflict(error);
    },
  );
  setProduct(response);
  return response;
}
