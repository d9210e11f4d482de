import { Problem } from '../../api.ts';
import { unitsAvailable } from './notices.ts';

/** Error with an explanation for the shopper of why a request was rejected and what to do; other errors unchanged. */
export function explainRejection(error: unknown): unknown {
  const text = error instanceof Problem && error.status === 409 ? textOf(error) : undefined;
  return text === undefined ? error : new Error(text, { cause: error });
}

function textOf({ code, body: { limit, availableQty } }: Problem): string | undefined {
  switch (code) {
    case 'price-changed':
      return 'The price has changed again. Look at the new price and accept it if you agree.';
    case 'total-changed':
      return 'The total has changed. Look at the cart and check out again if you agree.';
    case 'lines-changed':
      return 'Some lines have changed. Accept the new price, lower the quantity or remove the line, then check out again.';
    case 'quantity-limit':
      return typeof limit === 'number'
        ? `At most ${limit} units are allowed in one cart. Lower the quantity.`
        : undefined;
    case 'insufficient-stock':
      if (typeof availableQty !== 'number') return undefined;
      return availableQty > 0
        ? `Only ${unitsAvailable(availableQty)}. Lower the quantity.`
        : 'Out of stock. Remove the line or check again later.';
    default:
      return undefined;
  }
}
