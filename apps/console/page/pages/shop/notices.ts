import { type Cart, currentPriceOf, type Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';

/** What stands between a line and the checkout, and what there is to do about it. */
export type Notice =
  | { readonly kind: 'priceChanged'; readonly says: string }
  /** `take` is the quantity that is possible instead; the line's own where only an increase was rejected. */
  | { readonly kind: 'insufficient'; readonly says: string; readonly take: number }
  | { readonly kind: 'unavailable'; readonly says: string };

/** The notices of a line in a cart of that currency. Of a product that is gone nothing else matters. */
export function noticesOf(line: Line, currency: string | null): readonly Notice[] {
  const { priceChanged, priceAtAdd, availability } = line;
  if (availability === 'unavailable') return [{ kind: 'unavailable', says: 'It is no longer sold.' }];
  const notices: Notice[] = [];
  if (priceChanged) {
    const says = `It cost ${formatMoney(priceAtAdd, currency)} and now costs ${currentMoney(line, currency)}.`;
    notices.push({ kind: 'priceChanged', says });
  }
  if (availability === 'insufficient') notices.push(shortage(line));
  return notices;
}

function shortage({ qty, availableQty, hold }: Line): Notice {
  const kind = 'insufficient';
  if (hold === 'held' && availableQty >= qty)
    return { kind, says: `More is not available: the quantity is ${qty} again.`, take: qty };
  const says = availableQty > 0 ? `Only ${unitsAvailable(availableQty)}.` : 'It is out of stock.';
  return { kind, says, take: availableQty };
}

/** "1 unit is available", "2 units are available". */
export function unitsAvailable(count: number): string {
  return count === 1 ? '1 unit is available' : `${count} units are available`;
}

/** What became of a cart, in a sentence for each line that is no longer as it was. */
export function changesBetween(before: Cart, after: Cart): readonly string[] {
  const gone = before.items
    .filter(({ productId }) => !lineOf(after, productId))
    .map(({ name }) => `${name} is no longer in the cart.`);
  const changed = after.items.flatMap((line) => {
    const was = lineOf(before, line.productId);
    const quantity = was?.qty === line.qty ? [] : [`${line.name}: ${line.qty} in the cart.`];
    if (!was) return quantity;
    return [...quantity, ...priceChanges(was, line, before, after), ...stockChanges(was, line, after)];
  });
  return [...gone, ...changed];
}

function priceChanges(was: Line, line: Line, before: Cart, after: Cart): readonly string[] {
  const { name } = line;
  const price = currentMoney(line, after.currency);
  if (currentMoney(was, before.currency) !== price) return [`${name} now costs ${price}.`];
  return was.priceChanged && !line.priceChanged ? [`The new price of ${name} is accepted.`] : [];
}

function stockChanges(was: Line, line: Line, { currency }: Cart): readonly string[] {
  const { name, availability, hold } = line;
  const says: string[] = [];
  if (was.availability !== availability) {
    if (availability === 'available') says.push(`${name} is available again.`);
    else
      says.push(...noticesOf({ ...line, priceChanged: false }, currency).map((it) => `${name}: ${it.says}`));
  }
  if (was.hold === 'held' && hold === 'none') says.push(`The hold of ${name} has expired.`);
  return says;
}

function currentMoney(line: Line, cartCurrency: string | null): string {
  const { price, currency } = currentPriceOf(line, cartCurrency);
  return formatMoney(price, currency);
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
