import type { Cart } from '../../commerce.ts';
import { lineOf } from './notices.ts';

/**
 * Whether what led to the error of an action may have changed between two versions of a cart. A line's own errors depend on
 * that line; another currency, or a full cart, on the products in the cart; a checkout and a hold on everything but the end
 * of a hold.
 */
export function isCauseChanged(action: string, before: Cart, after: Cart): boolean {
  const [kind, productId] = splitAction(action);
  if (productId === undefined)
    return before.items.length !== after.items.length || isAnyChanged(before, after);
  if (isLineChanged(productId, before, after)) return true;
  return kind === 'add' && productsOf(before) !== productsOf(after);
}

function splitAction(action: string): readonly [kind: string, productId: string | undefined] {
  const colon = action.indexOf(':');
  return colon < 0 ? [action, undefined] : [action.slice(0, colon), action.slice(colon + 1)];
}

function isAnyChanged(before: Cart, after: Cart): boolean {
  return after.items.some(
    (line) =>
      lineOf(before, line.productId)?.hold !== line.hold || isLineChanged(line.productId, before, after),
  );
}

/** Whether a line differs in anything but its hold: the confirmation of a hold is no reason to try again. */
function isLineChanged(productId: string, before: Cart, after: Cart): boolean {
  const contentOf = (cart: Cart) => {
    const { hold: _hold, heldUntil: _heldUntil, ...content } = lineOf(cart, productId) ?? {};
    return JSON.stringify(content);
  };
  return contentOf(before) !== contentOf(after);
}

function productsOf({ items }: Cart): string {
  return JSON.stringify(items.map(({ productId }) => productId).sort());
}
