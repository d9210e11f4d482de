import { DomainError } from '@tandem/chassis/errors';
import { type Cart, type CartDecision, lineEvent, type Moment, requireOpen, touched } from './cart.ts';
import { type Line, lineOf, MAX_LINE_QTY, MAX_LINES, withLine } from './line.ts';

export interface MergeDecision {
  readonly target: CartDecision;
  readonly source: CartDecision;
}

/**
 * Moves every line of `source` into `target`: quantities add up, and a line that is in both keeps the target's price.
 * It closes the source, so that it happens once: repeated, it changes nothing. Throws a conflict, with nothing moved,
 * when the carts differ in currency or the target cannot take all of it.
 */
export function mergeCarts(
  target: Cart,
  source: Cart,
  moments: { readonly target: Moment; readonly source: Moment },
): MergeDecision {
  if (target.cartId === source.cartId)
    throw new DomainError('invalid', 'same-cart', 'a cart cannot be merged with itself');
  if (source.mergedInto === target.cartId)
    return { target: { state: target, events: [] }, source: { state: source, events: [] } };
  requireOpen(source);
  requireOpen(target);
  const currency = commonCurrency(target, source);

  const version = target.version + 1;
  const lines = source.lines.reduce(
    (lines, line) => withLine(lines, sumOf(lines, line, version)),
    target.lines,
  );
  requireLimits(lines);
  const merged: Cart =
    source.lines.length === 0 ? target : { ...target, ...touched(moments.target), currency, lines, version };
  const emptied: Cart = {
    ...source,
    ...touched(moments.source),
    status: 'merged',
    mergedInto: target.cartId,
    currency: null,
    lines: [],
    version: source.version + 1,
  };
  // The events still name the currency that the source was in.
  const left = { ...emptied, currency: source.currency };
  return {
    target: { state: merged, events: source.lines.map((line) => arrival(merged, emptied, line)) },
    source: { state: emptied, events: source.lines.map((line) => departure(left, merged, line)) },
  };
}

/** The line of the target once this one has been added to it. */
function sumOf(lines: readonly Line[], added: Line, changedAt: number): Line {
  const { productId } = added;
  const before = lineOf(lines, productId);
  const { name, priceAtAdd } = before ?? added;
  return { productId, name, priceAtAdd, qty: (before?.qty ?? 0) + added.qty, changedAt };
}

function arrival(target: Cart, source: Cart, moved: Line) {
  const line = lineOf(target.lines, moved.productId) ?? moved;
  const { cartId, version: cartVersion } = source;
  return { ...lineEvent(target, line, moved.qty), movedFrom: { cartId, cartVersion } };
}

function departure(source: Cart, target: Cart, moved: Line) {
  const { cartId, version: cartVersion } = target;
  return { ...lineEvent(source, { ...moved, qty: 0 }, -moved.qty), movedTo: { cartId, cartVersion } };
}

function commonCurrency(target: Cart, source: Cart): string | null {
  if (target.currency !== null && source.currency !== null && target.currency !== source.currency) {
    throw new DomainError(
      'conflict',
      'currency-mismatch',
      `the cart is in ${target.currency}, the other one in ${source.currency}: keep them apart`,
    );
  }
  return target.currency ?? source.currency;
}

function requireLimits(lines: readonly Line[]): void {
  if (lines.length > MAX_LINES) {
    throw new DomainError('conflict', 'too-many-lines', `together they have more than ${MAX_LINES} lines`, {
      details: { lines: lines.length, limit: MAX_LINES },
    });
  }
  const tooLarge = lines
    .filter(({ qty }) => qty > MAX_LINE_QTY)
    .map(({ productId, qty }) => ({ productId, qty }));
  if (tooLarge.length > 0) {
    throw new DomainError('conflict', 'quantity-limit', `a line has at most ${MAX_LINE_QTY} units`, {
      details: { lines: tooLarge, limit: MAX_LINE_QTY },
    });
  }
}
