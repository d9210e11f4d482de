import { DomainError } from '@tandem/chassis/errors';
import { type Cart, type CartDecision, lineEvent, type Moment, requireOpen, touched } from './cart.ts';
import { type Line, lineOf, MAX_LINE_QTY, MAX_LINES, withLine } from './line.ts';

/** How many merges a line takes before Product has answered: bounds what a cart holds while Product is away. */
const MAX_PENDING_MERGES = 20;

type Source = NonNullable<Line['movedFrom']>[number];

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
  const from = { cartId: source.cartId, cartVersion: source.version + 1 };
  const lines = source.lines.reduce(
    (lines, line) => withLine(lines, sumOf(lines, line, from, version)),
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
    version: from.cartVersion,
  };
  // The events still name the currency that the source was in.
  const left = { ...emptied, currency: source.currency };
  return {
    target: { state: merged, events: source.lines.map((line) => arrival(merged, line)) },
    source: { state: emptied, events: source.lines.map((line) => departure(left, merged, line)) },
  };
}

/** The line of the target once this one has been added to it. */
function sumOf(lines: readonly Line[], added: Line, from: Source, changedAt: number): Line {
  const { productId } = added;
  const before = lineOf(lines, productId);
  const { name, priceAtAdd } = before ?? added;
  const movedFrom = [...(before?.movedFrom ?? []), ...(added.movedFrom ?? []), from];
  return { productId, name, priceAtAdd, qty: (before?.qty ?? 0) + added.qty, changedAt, movedFrom };
}

function arrival(target: Cart, moved: Line) {
  return lineEvent(target, lineOf(target.lines, moved.productId) ?? moved, moved.qty);
}

/** What the source itself was to take over, the arrival tells. */
function departure(source: Cart, target: Cart, { productId, priceAtAdd, qty }: Line) {
  const { cartId, version: cartVersion } = target;
  return {
    ...lineEvent(source, { productId, priceAtAdd, qty: 0 }, -qty),
    movedTo: { cartId, cartVersion },
  };
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
  if (lines.some(({ movedFrom = [] }) => movedFrom.length > MAX_PENDING_MERGES)) {
    throw new DomainError(
      'unavailable',
      'merges-pending',
      'earlier merges are not confirmed yet: try again',
      {
        details: { retryAfterSeconds: 1 },
      },
    );
  }
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
