import { type Cart, currentPriceOf, type Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';

/** Notice about a line that cannot be checked out as it is. */
export type Notice =
  | { readonly kind: 'priceChanged'; readonly text: string }
  /** `suggestedQty` is the available quantity; the line's own if only an increase was rejected. */
  | { readonly kind: 'insufficient'; readonly text: string; readonly suggestedQty: number }
  | { readonly kind: 'unavailable'; readonly text: string };

/** Notices of a line in a cart of that currency. An unavailable product has no other notices. */
export function noticesOf(line: Line, currency: string | null): readonly Notice[] {
  const { priceChanged, priceAtAdd, availability } = line;
  if (availability === 'unavailable')
    return [{ kind: 'unavailable', text: 'This product is no longer sold. Remove it to check out.' }];
  const notices: Notice[] = [];
  if (priceChanged) {
    const text = `It cost ${formatMoney(priceAtAdd, currency)} and now costs ${currentMoney(line, currency)}.`;
    notices.push({ kind: 'priceChanged', text });
  }
  if (availability === 'insufficient') notices.push(shortage(line));
  return notices;
}

function shortage({ qty, availableQty, hold }: Line): Notice {
  const kind = 'insufficient';
  if (hold === 'held' && availableQty >= qty)
    return { kind, text: `No more units are available: the quantity is ${qty} again.`, suggestedQty: qty };
  const text = availableQty > 0 ? `Only ${unitsAvailable(availableQty)}.` : 'It is out of stock.';
  return { kind, text, suggestedQty: availableQty };
}

/** "1 unit is available", "2 units are available". */
export function unitsAvailable(count: number): string {
  return count === 1 ? '1 unit is available' : `${count} units are available`;
}

/** Changes between two versions of a cart, as sentences. */
export function changesBetween(before: Cart, after: Cart): readonly string[] {
  const removed = before.items
    .filter(({ productId }) => !lineOf(after, productId))
    .map(({ name }) => `${name} is no longer in the cart.`);
  const changed = after.items.flatMap((line) => {
    const previous = lineOf(before, line.productId);
    const quantity = previous?.qty === line.qty ? [] : [`${line.name}: ${line.qty} in the cart.`];
    if (!previous) return quantity;
    return [
      ...quantity,
      ...priceChanges(previous, line, before, after),
      ...stockChanges(previous, line, after),
    ];
  });
  return [...removed, ...changed];
}

function priceChanges(previous: Line, line: Line, before: Cart, after: Cart): readonly string[] {
  const { name } = line;
  const price = currentMoney(line, after.currency);
  if (currentMoney(previous, before.currency) !== price) return [`${name} now costs ${price}.`];
  return previous.priceChanged && !line.priceChanged ? [`The new price of ${name} is accepted.`] : [];
}

function stockChanges(previous: Line, line: Line, { currency }: Cart): readonly string[] {
  const { name, availability, hold } = line;
  const sentences: string[] = [];
  if (previous.availability !== availability) {
    if (availability === 'available') sentences.push(`${name} is available again.`);
    else
      sentences.push(
        ...noticesOf({ ...line, priceChanged: false }, currency).map(({ text }) => `${name}: ${text}`),
      );
  }
  if (previous.hold === 'held' && hold === 'none') sentences.push(`The hold of ${name} has expired.`);
  return sentences;
}

function currentMoney(line: Line, cartCurrency: string | null): string {
  const { price, currency } = currentPriceOf(line, cartCurrency);
  return formatMoney(price, currency);
}

function lineOf({ items }: Cart, productId: string): Line | undefined {
  return items.find((line) => line.productId === productId);
}
