import { Problem } from '../../api.ts';
import { unitsAvailable } from './notices.ts';

/** Why a change of the cart or a checkout was rejected and what to do, in a shopper's words; other errors as they are. */
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
        ? `At most ${limit} units of it are allowed in one cart. Lower the quantity.`
        : undefined;
    case 'insufficient-stock':
      if (typeof availableQty !== 'number') return undefined;
      return availableQty > 0
        ? `Only ${unitsAvailable(availableQty)}. Lower the quantity.`
        : 'It is out of stock.';
    default:
      return undefined;
  }
}
