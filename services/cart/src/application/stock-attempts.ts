import { DomainError } from '@tandem/chassis/errors';

/** Largest number of attempts of a change that the stock does not allow, while each attempt reads another stock. */
const MAX_STOCK_ATTEMPTS = 4;

/**
 * Repeats a change that the stock does not allow. The catalog is not read before the cart: its available units may exclude a hold
 * of this cart that was stored in between, which a second attempt reads. If two attempts read the same stock, the rejection is right.
 */
export async function untilStockIsCertain<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1, lastAvailableQty: unknown; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'insufficient-stock')) throw error;
      const availableQty = error.details?.['availableQty'];
      const isConfirmed = availableQty === lastAvailableQty || attempts === MAX_STOCK_ATTEMPTS;
      if (attempts > 1 && isConfirmed) throw error;
      lastAvailableQty = availableQty;
    }
  }
}
