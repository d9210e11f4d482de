import type { Cart } from './cart.ts';

/** Entry of an order in the list of all orders. The order itself is the cart. */
export interface Order {
  readonly version: 1;
  readonly cartId: string;
  /** RFC 3339, UTC. */
  readonly checkedOutAt: string;
}

/** The characters of ids. */
const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Crockford's base 32: no letter that is easily taken for another one or for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = /.{4}/g;
/** 60 bits: of a million orders, two have the same number with a probability below one in a million. */
const NUMBER_LENGTH = 12;

/** The number of an order, which people read out: three groups of four letters and digits, from its public id, which is random. */
export function orderNumberOf(cartId: string): string {
  const digits = cartId
    .replace(/^cart-/, '')
    .slice(0, NUMBER_LENGTH)
    .padEnd(NUMBER_LENGTH, 'A');
  const text = Array.from(digits)
    .map((digit) => ALPHABET[ID_ALPHABET.indexOf(digit) & (ALPHABET.length - 1)])
    .join('');
  return text.match(GROUP)?.join('-') ?? text;
}

/**
 * The order number that a person has typed, in its written form: in any case, with or without hyphens or spaces. Undefined for
 * a text that is no order number.
 */
export function readOrderNumber(text: string): string | undefined {
  const digits = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const isNumber =
    digits.length === NUMBER_LENGTH && Array.from(digits).every((digit) => ALPHABET.includes(digit));
  return isNumber ? digits.match(GROUP)?.join('-') : undefined;
}

/** The entry of a cart that is checked out by this change; undefined for any other change. */
export function newOrderOf(before: Cart | undefined, after: Cart): Order | undefined {
  const { cartId, checkedOutAt } = after;
  if (after.status !== 'checkedOut' || before?.status === 'checkedOut' || checkedOutAt === undefined)
    return undefined;
  return { version: 1, cartId, checkedOutAt };
}
