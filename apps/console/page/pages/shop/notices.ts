import { Problem } from '../../api.ts';
import { type Cart, currentPriceOf, type Line } from '../../commerce.ts';
import { formatMoney } from '../../parts/format.ts';

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

/** "1 unit is available", "2 units of Mug are available". */
function unitsAvailable(count: number, name?: string): string {
  const what = name === undefined ? '' : ` of ${name}`;
  return count === 1 ? `1 unit${what} is available` : `${count} units${what} are available`;
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

/** Line of a product in a cart. */
export function lineOf({ items }: Cart, productId: string): Line | undefined {
  return items.find((line) => line.productId === productId);
}

/**
 * Error with an explanation for the shopper of why a request was rejected and what to do; other errors unchanged. `name` is
 * that of the product.
 */
export function explainRejection(error: unknown, name = 'this product'): unknown {
  if (!(error instanceof Problem)) return error;
  const text = textOf(error, name);
  return text === undefined ? error : new Error(text, { cause: error });
}

function textOf({ status, code, body }: Problem, name: string): string | undefined {
  const { limit, availableQty } = body;
  if (code === 'product-not-found' || code === 'product-deleted') return `${name} is no longer sold.`;
  if (status !== 409) return undefined;
  if (code === 'quantity-limit' && typeof limit === 'number')
    return `At most ${limit} of ${name} can be in one cart. Lower the quantity.`;
  if (code === 'insufficient-stock' && typeof availableQty === 'number')
    return availableQty > 0
      ? `Only ${unitsAvailable(availableQty, name)}. Lower the quantity.`
      : `${name} is out of stock. Remove it, or try again later.`;
  return code === 'lines-changed' ? changedText(body['lines']) : texts(name)[code];
}

/** Explanation of why the cart of a guest and that of a user could not be merged at sign-in. */
export function mergeText(
  { code }: Problem,
  whose: string,
  guestCurrency: string | null | undefined,
  userCurrency: string | null,
): string {
  const reason =
    code === 'currency-mismatch' && guestCurrency && userCurrency
      ? `Your cart as a guest is in ${guestCurrency}, ${whose} is in ${userCurrency}`
      : `Your cart as a guest and ${whose} do not fit into one`;
  return `${reason}: both are kept. Sign out to return to the guest's.`;
}

/** Explanation of lines that cannot be checked out as they are. */
function changedText(lines: unknown): string {
  const names = (Array.isArray(lines) ? (lines as readonly Line[]) : [])
    .filter(({ priceChanged, availability }) => priceChanged || availability !== 'available')
    .map(({ name }) => name);
  const what =
    names.length === 0 ? 'Some lines have' : `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'}`;
  return `${what} changed. Accept the new price, lower the quantity or remove the line, then check out again.`;
}

/** Explanations by the code of the problem. */
const texts = (name: string): Readonly<Partial<Record<string, string>>> => ({
  'price-changed': `The price of ${name} has changed again. Look at the new price and accept it if you agree.`,
  'currency-mismatch': `${name} is sold in another currency than what is in the cart. Check out or empty the cart first.`,
  'too-many-lines': 'The cart is full: it has 100 different products. Check out, or remove one.',
  'total-changed': 'The total has changed. Look at the cart and check out again if you agree.',
});

/** Hold of a line as text; undefined if the line has a stock notice instead. `now` is in milliseconds. */
export function holdText(line: Line, now: number): string | undefined {
  const { hold, heldUntil, availability } = line;
  if (availability === 'unavailable') return undefined;
  if (hold === 'none' && availability === 'insufficient') return undefined;
  if (hold === 'pending') return 'Waiting for the stock to be confirmed …';
  if (hold === 'none') return 'Not held: others can buy it.';
  if (heldUntil === undefined) return 'Held for you';
  const remainingMs = Date.parse(heldUntil) - now;
  return remainingMs > 0 ? `Held for you for ${countdown(remainingMs)}` : 'The hold has expired.';
}

/** Whether it makes sense to request the line's hold again: it has none, or it has just expired. */
export function canHoldAgain({ hold, availability, heldUntil }: Line, now: number): boolean {
  if (availability !== 'available') return false;
  return hold === 'none' || (hold === 'held' && heldUntil !== undefined && Date.parse(heldUntil) <= now);
}

/** A remaining time in minutes and seconds: `14:05`; whole hours beyond an hour. */
function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds > 3_600) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
