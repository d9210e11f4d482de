import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attempt } from './workload.ts';
import type { Random } from '../random.ts';
import type { Outcome } from './operation-log.ts';

/** Options of a merchant: its access to the workload. */
export interface MerchantOptions {
  readonly attempt: Attempt;
  /** Sets the quantity of a line. */
  readonly set: (cartId: string, productId: string, qty: number) => Promise<Outcome>;
  readonly random: Random;
  readonly pick: <T>(from: readonly T[]) => T;
  /** Ids of all products; a merchant appends its ownProducts. */
  readonly productIds: string[];
  /** Limit of the propagation delay of a new product to Cart. */
  readonly retryTimeoutMs: number;
  readonly signal: AbortSignal;
}

interface OwnProduct {
  readonly productId: string;
  /** Changes of stock are multiples of this. */
  readonly unit: number;
}

const PRODUCTS_PER_MERCHANT = 10;

/** Creates a merchant, which creates products and changes prices and stock until the signal. */
export function createMerchant(options: MerchantOptions): (cartId: string) => Promise<void> {
  const { attempt, set, random, pick, productIds, retryTimeoutMs, signal } = options;

  /** Creates a product and adds one unit to the merchant's cart, which shows the state of Cart's read model. */
  const create = async (cartId: string, inventory: number): Promise<string | undefined> => {
    const productId = randomUUID();
    const price = random(1, 9_999);
    const body = { productId, name: 'Thing', price, currency: 'EUR', inventory };
    const created = await attempt({ op: 'create', productId, price, inventory }, (api) =>
      api.call('POST', '/products', { body }),
    );
    const end = performance.now() + retryTimeoutMs;
    while (created.status === 'done' && (await set(cartId, productId, 1)).status !== 'done') {
      if (performance.now() > end) throw new Error(`${productId} never reached Cart`);
      await delay(10);
    }
    productIds.push(productId);
    return created.status === 'done' ? productId : undefined;
  };

  const deliver = ({ productId, unit }: OwnProduct) => {
    const delta = unit * pick([-2, -1, 1, 2]);
    return attempt({ op: 'stock', productId, delta }, (api) =>
      api.call('POST', `/products/${productId}/stock`, { body: { delta } }),
    );
  };

  /** Corrects the stock by a count, which may be below the units held. */
  const count = ({ productId, unit }: OwnProduct) => {
    const delta = unit * pick([-1, 1]);
    return attempt({ op: 'stock', productId, delta }, async (api) => {
      const { status, body } = await api.product(productId);
      if (status !== 200) throw new Error(`${productId} could not be read`);
      const { onHand: expectedOnHand } = body;
      const onHand = Math.max(0, expectedOnHand + delta);
      const counted = onHand - expectedOnHand === delta ? { onHand, expectedOnHand } : { delta };
      return api.call('POST', `/products/${productId}/stock`, { body: counted });
    });
  };

  /** Half of the products are scarce; the stock of the rest changes by hundreds, so that a lost reservation is detected. */
  return async (cartId) => {
    const ownProducts: OwnProduct[] = [];
    while (!signal.aborted) {
      const dice = random(1, 10);
      if (ownProducts.length < 2 || (dice === 10 && ownProducts.length < PRODUCTS_PER_MERCHANT)) {
        const isScarce = ownProducts.length % 2 === 1;
        const productId = await create(cartId, isScarce ? 12 : 400);
        if (productId) ownProducts.push({ productId, unit: isScarce ? 1 : 100 });
      } else if (dice <= 5) {
        const { productId } = pick(ownProducts);
        const price = random(1, 9_999);
        await attempt({ op: 'price', productId, price }, (api) =>
          api.call('PATCH', `/products/${productId}`, { body: { price } }),
        );
      } else await (dice === 6 ? count : deliver)(pick(ownProducts));
    }
  };
}
