import type { Line } from '../../../commerce.ts';

/** Whether a checkout of a cart with this line would succeed now, and if not, why. */
export interface Readiness {
  readonly isReady: boolean;
  readonly text: string;
}

/** Readiness of a line for checkout: by its product, its price, its stock and its hold. */
export function readinessOf(
  line: Pick<Line, 'availability' | 'priceChanged' | 'hold' | 'currentCurrency'>,
): Readiness {
  const { availability, priceChanged, hold, currentCurrency } = line;
  const reason = (text: string) => ({ isReady: false, text });
  if (availability === 'unavailable') return reason('Cannot be bought: the product is no longer sold');
  if (availability === 'insufficient') return reason('Cannot be bought: not enough stock');
  if (currentCurrency !== undefined)
    return reason('Cannot be bought in this cart: the price is now in another currency');
  if (priceChanged) return reason('Cannot be bought until the customer accepts the new price');
  if (hold !== 'held') return reason('Can be bought once Product has reserved it');
  return { isReady: true, text: 'Can be bought' };
}
