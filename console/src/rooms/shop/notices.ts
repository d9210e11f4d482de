import type { Cart, Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';

/** What stands between a line and the checkout, and what there is to do about it. */
export type Notice =
  | { readonly kind: 'priceChanged'; readonly says: string }
  | { readonly kind: 'insufficient'; readonly says: string; readonly take: number }
  | { readonly kind: 'unavailable'; readonly says: string };

/** The notices of a line. Of a product that is gone nothing else matters. */
export function noticesOf(line: Line, currency: string | null): readonly Notice[] {
  const { priceChanged, priceAtAdd, currentPrice, availability, availableQty } = line;
  if (availability === 'unavailable') return [{ kind: 'unavailable', says: 'It is no longer sold.' }];
  const notices: Notice[] = [];
  if (priceChanged) {
    const says =
      currentPrice === priceAtAdd
        ? 'It is now sold in another currency.'
        : `It cost ${formatMoney(priceAtAdd, currency)} and now costs ${formatMoney(currentPrice, currency)}.`;
    notices.push({ kind: 'priceChanged', says });
  }
  if (availability === 'insufficient') {
    const says = availableQty > 0 ? `Only ${availableQty} can be had.` : 'It is out of stock.';
    notices.push({ kind: 'insufficient', says, take: availableQty });
  }
  return notices;
}

/** What became of a cart, in a sentence for each line that is no longer as it was. */
export function changesBetween(before: Cart, after: Cart): readonly string[] {
  const gone = before.items
    .filter(({ productId }) => !lineOf(after, productId))
    .map(({ name }) => `${name} is no longer in the cart.`);
  return [...gone, ...after.items.flatMap((line) => changesOf(lineOf(before, line.productId), line, after))];
}

function changesOf(before: Line | undefined, line: Line, { currency }: Cart): readonly string[] {
  const { name, qty, currentPrice, priceAtAdd, availability } = line;
  const says: string[] = [];
  if (before?.qty !== qty) says.push(`${name}: ${qty} in the cart.`);
  if (!before) return says;
  if (before.currentPrice !== currentPrice)
    says.push(`${name} now costs ${formatMoney(currentPrice, currency)}.`);
  else if (before.priceAtAdd !== priceAtAdd) says.push(`The new price of ${name} is accepted.`);
  if (before.availability !== availability) {
    if (availability === 'available') says.push(`${name} can be had.`);
    else
      says.push(...noticesOf({ ...line, priceChanged: false }, currency).map((it) => `${name}: ${it.says}`));
  }
  return says;
}

function lineOf({ items }: Cart, productId: string): Line | undefined {
  return items.find((line) => line.productId === productId);
}

/** "1 line", "2 lines". */
export function linesOf(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

/** A demo user's name as a person's: alice is Alice. */
export function personOf(user: string): string {
  return user.slice(0, 1).toUpperCase() + user.slice(1);
}
