import { formatMinorUnits } from '@tandem/contracts/currency';
import type { Product } from '../../../commerce.ts';
import { parseMinor } from '../../../parts/format.ts';
import { change, isOutdated, readProduct } from '../product/product.ts';
import { line, measure } from './observed-cart.ts';
import { observe, observed } from './observed-product.ts';

/** Change of the observed product that an operator enters as text. */
export interface Change {
  readonly name: string;
  /** Text of the button. */
  readonly action: string;
  readonly label: (product: Product) => string;
  /** Text that the input has before it is edited. */
  readonly initial: (product: Product) => string;
  /** Sends the change and measures its latency. */
  readonly send: (text: string) => Promise<void>;
}

/** Changes of the price and of the stock. */
export const changes: readonly Change[] = [
  {
    name: 'price',
    action: 'Change the price',
    label: ({ currency }) => `New price in ${currency}`,
    initial: ({ price, currency }) => formatMinorUnits(price, currency),
    async send(text) {
      if (!observed.value) return;
      const { product, etag } = observed.value;
      const { productId, currency } = product;
      const price = parseMinor(text, currency);
      if (price === undefined)
        throw new Error(
          `This is no amount in ${currency}. Enter a number such as ${formatMinorUnits(1990, currency)}.`,
        );
      if (price === product.price) throw new Error('The product already has this price. Enter another one.');
      const patch = { method: 'PATCH', body: { price }, ifMatch: etag } as const;
      await measure(
        'Price change',
        ({ currentPrice }) => currentPrice === price,
        () => change(productId, patch).catch(showLatest),
      );
    },
  },
  {
    name: 'delivery',
    action: 'Record the delivery',
    label: () => 'Units delivered',
    initial: () => '10',
    async send(text) {
      if (!observed.value) return;
      const delta = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
      if (delta === 0) throw new Error('Enter a whole number of units, such as 10.');
      const before = line.value?.availableQty;
      const options = { method: 'POST', body: { delta } } as const;
      const { productId } = observed.value.product;
      await measure(
        'Delivery',
        ({ availableQty }) => availableQty !== before,
        () => change(productId, options, 'stock'),
      );
    },
  },
];

/** Shows the present state of a product that was changed meanwhile. */
async function showLatest(error: unknown): Promise<never> {
  if (!isOutdated(error) || !observed.value) throw error;
  observe(await readProduct(observed.value.product.productId));
  throw new Error('The product was changed meanwhile. Look at its price, then send yours again.', {
    cause: error,
  });
}
