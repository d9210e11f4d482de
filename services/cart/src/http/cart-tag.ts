import { createHash } from 'node:crypto';
import { allowsWrite, type Preconditions } from '@tandem/chassis/http/preconditions';
import type { CartView } from '../domain/view.ts';

const CONTENT_LENGTH = 16;
const REST_LENGTH = 12;

/**
 * The entity tag of a cart, `"<content>-<rest>"`. The content is what a shopper agrees to by a write that names the
 * tag: what is in the cart, at which prices, and whether it is available. The rest changes by itself, such as holds.
 * The id is no part of it: a guest's differs inside and outside of the service.
 */
export function cartTag(cart: CartView): string {
  const { cartId: _, ...rest } = cart;
  return `"${contentOf(cart)}-${digest(rest, REST_LENGTH)}"`;
}

/**
 * Whether a write may go ahead on this cart: If-Match compares the content alone, so that Product's responses and
 * deliveries do not stand in a shopper's way; If-None-Match compares the whole tag.
 */
export function allowsWriteOn(cart: CartView, { ifMatch, ifNoneMatch }: Preconditions): boolean {
  const contents = typeof ifMatch === 'object' ? ifMatch.map(contentTag) : ifMatch;
  return (
    allowsWrite({ ifMatch: contents, ifNoneMatch: undefined }, `"${contentOf(cart)}"`) &&
    allowsWrite({ ifMatch: undefined, ifNoneMatch }, cartTag(cart))
  );
}

function contentOf({ status, items, currency }: CartView): string {
  const lines = items.map((line) => [
    line.productId,
    line.qty,
    line.priceAtAdd,
    line.currentPrice,
    line.currentCurrency ?? null,
    line.availability,
  ]);
  return digest([status, currency, lines], CONTENT_LENGTH);
}

/** The content part of a tag; other tags stay as they are, and match none. */
function contentTag(tag: string): string {
  return tag.replace(/^((?:W\/)?"[0-9a-f]{16})-[^"]*"$/, '$1"');
}

function digest(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
}
