import { DomainError } from '@tandem/chassis/errors';
import { type Cart, type CartDecision, type Times, requireOpen, timestampFields } from './cart.ts';
import { lineEvent } from './line-event.ts';
import { type Catalog, live } from './catalog.ts';
import { type Line, lineOf, MAX_LINES, type MovedFrom, newLine, quantityLimit, withLine } from './line.ts';
import { withoutShortage } from './line.ts';

/**
 * Largest number of merges of a line without a response of Product, so that a cart with 100 such lines fits into an item
 * even during an outage of Product.
 */
const MAX_PENDING_MERGES = 10;

export interface MergeDecision {
  readonly target: CartDecision;
  readonly source: CartDecision;
}

/**
 * Moves all lines of `source` to `target`: quantities add up, and a line that is in both carts keeps the target's price.
 * The holds of both lines move along. The merge closes the source, so that a retry changes nothing. Throws a conflict if
 * the currencies differ or the target would exceed a limit.
 */
export function mergeCarts(
  target: Cart,
  source: Cart,
  catalog: Catalog,
  mergeTimes: { readonly target: Times; readonly source: Times },
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
  const lines = source.lines.reduce(
    (lines, line) => withLine(lines, mergedLine(lines, line, from)),
    target.lines,
  );
  requireLimits(lines, source.lines, catalog);
  const mergedTarget: Cart =
    source.lines.length === 0
      ? target
      : { ...target, ...timestampFields(mergeTimes.target), currency, lines, version };
  const closedSource: Cart = {
    ...source,
    ...timestampFields(mergeTimes.source),
    status: 'merged',
    mergedInto: target.cartId,
    currency: null,
    lines: [],
    version: from.cartVersion,
  };
  // The events have the former currency of the source.
  const sourceOfEvents = { ...closedSource, currency: source.currency };
  return {
    target: { state: mergedTarget, events: source.lines.map((line) => arrival(mergedTarget, line)) },
    source: {
      state: closedSource,
      events: source.lines.map((line) => departure(sourceOfEvents, mergedTarget, line)),
    },
  };
}

/** The target's line with the units of a moved line. */
function mergedLine(lines: readonly Line[], moved: Line, from: MovedFrom): Line {
  const { mergedAt } = from;
  const before = lineOf(lines, moved.productId);
  const base = before ? withoutShortage(before) : newLine(moved, mergedAt);
  const earlierMoves = (moved.movedFrom ?? []).map((source) => ({ ...source, mergedAt }));
  return {
    ...base,
    qty: (before?.qty ?? 0) + moved.qty,
    requestedAt: mergedAt,
    ...(!before && moved.shortage ? { shortage: moved.shortage } : {}),
    ...combinedHold(before, moved),
    movedFrom: [...(before?.movedFrom ?? []), ...earlierMoves, from],
  };
}

/** The combined hold of both lines: it expires with the earlier hold, and is void if either hold is. */
function combinedHold(before: Line | undefined, moved: Line) {
  const heldLines = [before, moved].flatMap((line) => (line && line.heldQty > 0 ? [line] : []));
  const [heldUntil] = heldLines.flatMap(({ heldUntil }) => heldUntil ?? []).toSorted();
  const versions = heldLines.flatMap(({ holdVersion }) => holdVersion ?? []);
  const [stock] = [before?.stock, moved.stock]
    .flatMap((stock) => stock ?? [])
    .toSorted((a, b) => b.version - a.version);
  return {
    heldQty: heldLines.reduce((sum, { heldQty }) => sum + heldQty, 0),
    ...(heldUntil === undefined ? {} : { heldUntil }),
    ...(versions.length === 0 ? {} : { holdVersion: Math.min(...versions) }),
    ...(stock === undefined ? {} : { stock }),
  };
}

/** Event of a line that arrives in the target. */
function arrival(target: Cart, moved: Line) {
  return lineEvent(target, lineOf(target.lines, moved.productId) ?? moved, moved.qty);
}

/** Event of a line that leaves the source. Earlier carts of its units are in the event of the target. */
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
      `The carts are in ${target.currency} and ${source.currency}. Merge carts of one currency only.`,
    );
  }
  return target.currency ?? source.currency;
}

function requireLimits(lines: readonly Line[], movedLines: readonly Line[], { entries }: Catalog): void {
  if (lines.some(({ movedFrom = [] }) => movedFrom.length > MAX_PENDING_MERGES)) {
    throw new DomainError(
      'unavailable',
      'merges-pending',
      'Earlier merges are not confirmed yet. Retry after a moment.',
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
  const tooLarge = movedLines.flatMap(({ productId }) => {
    const limit = quantityLimit(live(entries.get(productId)));
    const { qty = 0 } = lineOf(lines, productId) ?? {};
    return qty > limit ? [{ productId, qty, limit }] : [];
  });
  const [first] = tooLarge;
  if (first) {
    const limit = Math.min(...tooLarge.map(({ limit }) => limit));
    const { name } = lineOf(movedLines, first.productId) ?? { name: 'a product' };
    throw new DomainError(
      'conflict',
      'quantity-limit',
      `Together the carts have ${first.qty} units of ${name}, of which one cart may have ${first.limit}. Lower the quantity first.`,
      { details: { limit, lines: tooLarge } },
    );
  }
}
