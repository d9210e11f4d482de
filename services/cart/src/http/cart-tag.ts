import { hash } from 'node:crypto';
import { allowsWrite, type Preconditions } from '@tandem/chassis/http/preconditions';
import type { CartView } from '../domain/view.ts';

const CONTENT_LENGTH = 16;
const REST_LENGTH = 12;

/**
 * The entity tag of a cart, `"<content>-<rest>"`. The content digest covers the state that a shopper agrees to with
 * If-Match: lines, quantities, prices and availability. The rest changes without the shopper, such as holds. The tag does
 * not cover the id, as the API id of a guest's cart differs from its public id.
 */
export function cartTag(cart: CartView): string {
  const { cartId: _, ...rest } = cart;
  return `"${contentOf(cart)}-${digest(rest, REST_LENGTH)}"`;
}

/**
 * Whether the preconditions allow a write. If-Match compares the content digest only, so that reservation responses and
 * deliveries do not fail a shopper's write; If-None-Match compares the whole tag.
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

/** The tag reduced to its content digest. Other tags are returned unchanged, and match no cart. */
function contentTag(tag: string): string {
  return tag.replace(/^((?:W\/)?"[0-9a-f]{16})-[^"]*"$/, '$1"');
}

function digest(value: unknown, length: number): string {
  return hash('sha256', JSON.stringify(value)).slice(0, length);
}
