import { createHoldExpiry } from '@tandem/product/messaging/hold-expiry';
import { createStockHolds } from '@tandem/product/application/stock-holds';
import type { TestSystem } from './test-system.ts';
import type { Shop } from './shop.ts';
import { consumptionOf } from './summary.ts';
import type { Taken } from './tally.ts';

const HOLD_SECONDS = 900;
const LATER_MS = 2 * HOLD_SECONDS * 1_000;

/** What a hold causes that expires, and a sweep that finds none which is due. */
export async function measureHolds(system: TestSystem, shop: Shop, take: () => Taken) {
  const { table, metrics } = system.product;
  const now = () => new Date(Date.now() + LATER_MS).toISOString();
  const stockHolds = createStockHolds({ table, metrics, holdSeconds: HOLD_SECONDS, now });
  const failures: unknown[] = [];
  const log = { error: (context: unknown) => void failures.push(context) };
  const sweep = createHoldExpiry({ table, stockHolds, now, log });
  const swept = async () => {
    take();
    await system.lockstep.request(() => sweep());
    await system.lockstep.atRest();
    if (failures.length > 0) throw new Error('a sweep has failed', { cause: failures[0] });
    return consumptionOf([take()]);
  };
  // What all the carts before hold.
  await swept();
  const nothing = await swept();
  await shop.cart(1);
  return { sweep: nothing, expiry: await swept() };
}
