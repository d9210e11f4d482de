import { DomainError } from '@tandem/chassis/errors';
import { type Cart, type CartDecision, lineEvent, type Moment, requireOpen, touched } from './cart.ts';
import { type Catalog, live } from './catalog.ts';
import { type Line, lineOf, MAX_LINES, type MovedFrom, newLine, quantityLimit, withLine } from './line.ts';
import { withoutShortage } from './line.ts';

/**
 * How many merges a line takes before Product has responded: bounds what a cart holds while Product is away, so that 100
 * such lines fit into an item.
 */
const MAX_PENDING_MERGES = 10;

export interface MergeDecision {
  readonly target: CartDecision;
  readonly source: CartDecision;
}

/**
 * Moves every line of `source` into `target`: quantities add up, and a line that is in both keeps the target's price.
 * What Product holds for either stays held. It closes the source, so that it happens once: repeated, it changes nothing.
 * Throws a conflict, with nothing moved, when the carts differ in currency or the target cannot take all of it.
 */
export function mergeCarts(
  target: Cart,
  source: Cart,
  catalog: Catalog,
  moments: { readonly target: Moment; readonly source: Moment },
): MergeDecision {
  if (target.cartId === source.cartId) {
    throw new DomainError('invalid', 'same-cart', 'A cart cannot be merged with itself. Name another one.');
  }
  if (source.mergedInto === target.cartId)
    return { target: { state: target, events: [] }, source: { state: source, events: [] } };
  requireOpen(source);
  requireOpen(target);
  const currency = commonCurrency(target, source);

  const version = target.version + 1;
  const from = { cartId: source.cartId, cartVersion: source.version + 1, mergedAt: version };
  const lines = source.lines.reduce((lines, line) => withLine(lines, sumOf(lines, line, from)), target.lines);
  requireLimits(lines, source.lines, catalog);
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

/** The line of the target with the units of this one. */
function sumOf(lines: readonly Line[], added: Line, from: MovedFrom): Line {
  const { mergedAt } = from;
  const before = lineOf(lines, added.productId);
  const base = before ? withoutShortage(before) : newLine(added, mergedAt);
  const earlier = (added.movedFrom ?? []).map((source) => ({ ...source, mergedAt }));
  return {
    ...base,
    qty: (before?.qty ?? 0) + added.qty,
    requestedAt: mergedAt,
    ...(!before && added.shortage ? { shortage: added.shortage } : {}),
    ...holdOfBoth(before, added),
    movedFrom: [...(before?.movedFrom ?? []), ...earlier, from],
  };
}

/** The units held for both lines. They expire when the first of both does, and are void when either of both is. */
function holdOfBoth(before: Line | undefined, added: Line) {
  const held = [before, added].flatMap((line) => (line && line.heldQty > 0 ? [line] : []));
  const [heldUntil] = held.flatMap(({ heldUntil }) => heldUntil ?? []).toSorted();
  const versions = held.flatMap(({ holdVersion }) => holdVersion ?? []);
  const [stock] = [before?.stock, added.stock]
    .flatMap((stock) => stock ?? [])
    .toSorted((a, b) => b.version - a.version);
  return {
    heldQty: held.reduce((sum, { heldQty }) => sum + heldQty, 0),
    ...(heldUntil === undefined ? {} : { heldUntil }),
    ...(versions.length === 0 ? {} : { holdVersion: Math.min(...versions) }),
    ...(stock === undefined ? {} : { stock }),
  };
}

function arrival(target: Cart, moved: Line) {
  return lineEvent(target, lineOf(target.lines, moved.productId) ?? moved, moved.qty);
}

/** Units that the source itself was taking over are named by the arrival. */
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
      `The cart is in ${target.currency}, the other one in ${source.currency}. Keep them apart.`,
    );
  }
  return target.currency ?? source.currency;
}

function requireLimits(lines: readonly Line[], moved: readonly Line[], { entries }: Catalog): void {
  if (lines.some(({ movedFrom = [] }) => movedFrom.length > MAX_PENDING_MERGES)) {
    throw new DomainError(
      'unavailable',
      'merges-pending',
      'Earlier merges are not confirmed yet. Try again in a moment.',
      { details: { retryAfterSeconds: 1 } },
    );
  }
  if (lines.length > MAX_LINES) {
    throw new DomainError(
      'conflict',
      'too-many-lines',
      `Together the carts have more than ${MAX_LINES} lines. Remove some first.`,
      { details: { lines: lines.length, limit: MAX_LINES } },
    );
  }
  const tooLarge = moved.flatMap(({ productId }) => {
    const limit = quantityLimit(live(entries.get(productId)));
    const { qty = 0 } = lineOf(lines, productId) ?? {};
    return qty > limit ? [{ productId, qty, limit }] : [];
  });
  if (tooLarge.length > 0) {
    const limit = Math.min(...tooLarge.map(({ limit }) => limit));
    throw new DomainError(
      'conflict',
      'quantity-limit',
      `Together the carts have more units of a product than one cart takes, ${limit}. Lower the quantity first.`,
      { details: { limit, lines: tooLarge } },
    );
  }
}
