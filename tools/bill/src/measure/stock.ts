import type { Sums } from './summary.ts';
import { KEEPER } from './client.ts';
import { consumptionOf } from './summary.ts';
import { DESCRIPTION_CHARACTERS, PRODUCTS, productId, productInput, type Shop } from './shop.ts';
import type { Taken } from './tally.ts';

/** What a change of the stock consumes by itself, for a product with a description of so many characters. */
export interface StockChange {
  readonly descriptionCharacters: number;
  /** `delivery`: POST /products/{id}/stock. `hold`: an addition to a cart, which Product holds. */
  readonly change: 'delivery' | 'hold';
  readonly read: Sums;
  readonly write: Sums;
}

/** As many as the API takes. */
const MOST_CHARACTERS = 4_000;

/** Changes the stock of a product with a short and with the longest description, which is not to make a difference. */
export async function measureStockChanges(shop: Shop, take: () => Taken): Promise<StockChange[]> {
  const measured: StockChange[] = [];
  for (const descriptionCharacters of [DESCRIPTION_CHARACTERS, MOST_CHARACTERS]) {
    const i = PRODUCTS + 1 + measured.length;
    const body = productInput(i, descriptionCharacters);
    await shop.step({ ...shop.putting(i), body });
    const { path, who } = await shop.cart(0, `stock-${String(i).padStart(6, '0')}`);
    const delivery = { path: `/products/${productId(i)}/stock`, body: { delta: 24 }, as: KEEPER };
    const changes = {
      delivery: { method: 'POST', ...delivery } as const,
      hold: shop.adding({ path, who }, productId(i)),
    };
    for (const change of ['delivery', 'hold'] as const) {
      take();
      await shop.step(changes[change]);
      const { read, write } = consumptionOf([take()]);
      measured.push({ descriptionCharacters, change, read, write });
    }
  }
  return measured;
}
