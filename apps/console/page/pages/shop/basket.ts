import { signal } from '@preact/signals';
import { ask, type Asked, Problem } from '../../api.ts';
import { type Cart, cartPath, currentPriceOf, type Line, type Product } from '../../commerce.ts';
import { createDoings } from '../../doings.ts';
import { cartId, user } from '../../session.ts';
import { changesBetween, personOf } from './notices.ts';
import { explainRejection } from './rejection.ts';

/** The cart that the shop shows; undefined where none is open yet. */
export const cart = signal<Cart | undefined>(undefined);
/** What was bought last. */
export const bought = signal<Cart | undefined>(undefined);
/** What happened to the cart last, to be said and read aloud. */
export const said = signal('');
/** `add:ID` and `line:ID` of a product, `hold`, `checkout`, `cart` and `sign-in`. */
export const doings = createDoings();

/** Shows a cart, and says what became of it, unless a newer state of it is shown already. */
export function show(next: Cart): void {
  const shown = cart.value;
  const isSame = shown?.cartId === next.cartId;
  if (isSame && next.version < shown.version) return;
  const changes = isSame ? changesBetween(shown, next) : [];
  say(changes);
  cart.value = next;
  cartId.value = next.cartId;
  const isThere = (name: string) => next.items.some(({ productId }) => name === `line:${productId}`);
  doings.forget((name) => name.startsWith('line:') && !isThere(name));
  // Why an older state of the cart could not be checked out or held is no longer true.
  if (changes.length > 0) doings.forget((name) => name === 'checkout' || name === 'hold');
}

/** Shows no cart: the next one is opened when something is put into it. */
export function begin(): void {
  cart.value = undefined;
  cartId.value = undefined;
  doings.forget((name) => name !== 'sign-in');
}

/** Says sentences in place of what was said before; says nothing where there is none. */
export function say(sentences: readonly string[]): void {
  if (sentences.length > 0) said.value = sentences.join(' ');
}

/**
 * Remembers whose cart is shown. The returned function tells whether it still is: an answer that comes after somebody
 * signed in or out, or after another cart was opened, is not for those who look now.
 */
export function remember(): () => boolean {
  const who = user.value;
  const id = cartId.value;
  return () => user.value === who && cartId.value === id;
}

/** Asks the Cart API as whoever is signed in. One whose token it no longer takes is a guest from then on. */
export async function askAsUser<T>(path: string, asked: Asked = {}): Promise<T> {
  const who = user.value;
  try {
    const { body } = await ask<T>(path, { ...asked, token: who?.token });
    return body;
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && who && user.value === who) {
      const name = personOf(who.name);
      user.value = undefined;
      begin();
      say([`You are no longer signed in. Sign in again: ${name}'s cart is kept.`]);
    }
    throw error;
  }
}

/** Reads the cart again. One that was sold meanwhile counts as bought; one that is gone is forgotten. */
export function readCart(): Promise<void> {
  return doings.run('cart', async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isShown = remember();
    const found = await askAsUser<Cart>(cartPath(id)).catch(forgetIfGone(isShown));
    if (!isShown() || !found) return;
    if (found.status === 'checkedOut') sold(found);
    else if (found.status === 'merged') begin();
    else show(found);
  });
}

/** Puts one unit of a product into the cart, which is opened if there is none or it is gone. */
export function add({ productId }: Pick<Product, 'productId'>): Promise<void> {
  return doings.run(`add:${productId}`, () => put(productId));
}

async function put(productId: string, isAgain = false): Promise<void> {
  const isShown = remember();
  const id = cartId.value;
  if (id === undefined) {
    const opened = await askAsUser<Cart>('/carts', { method: 'POST' });
    if (isShown()) show(opened);
    return put(productId, isAgain);
  }
  try {
    const asked = { method: 'POST', body: { productId, qty: 1 } } as const;
    const filled = await askAsUser<Cart>(cartPath(id, 'items'), asked);
    if (!isShown()) return;
    show(filled);
    bought.value = undefined;
  } catch (error) {
    if (isAgain || !isGone(error)) throw explainRejection(error);
    if (isShown()) begin();
    return put(productId, true);
  }
}

/** Sets a line's quantity; 0 removes it. */
export function setQty(productId: string, qty: number): Promise<void> {
  return changeLine(productId, { method: 'PUT', body: { qty } });
}

/** Accepts the current price of a line as it is shown: the service rejects it if the price has changed again. */
export function acceptPrice(line: Line): Promise<void> {
  const { price, currency } = currentPriceOf(line, cart.value?.currency ?? null);
  const body = { price, ...(currency !== null && { currency }) };
  return changeLine(line.productId, { method: 'POST', body }, 'accept-price');
}

export function remove(productId: string): Promise<void> {
  return changeLine(productId, { method: 'DELETE' });
}

function changeLine(productId: string, asked: Asked, ...way: readonly string[]): Promise<void> {
  return doings.run(`line:${productId}`, async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isShown = remember();
    const path = cartPath(id, 'items', productId, ...way);
    const changed = await askAsUser<Cart>(path, asked).catch(rejected(isShown));
    if (changed && isShown()) show(changed);
  });
}

/** Requests the hold of every line again, and renews those that there are. */
export function holdAgain(): Promise<void> {
  return doings.run('hold', async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const isShown = remember();
    const requested = await askAsUser<Cart>(cartPath(id, 'hold'), { method: 'POST' }).catch(
      rejected(isShown),
    );
    if (requested && isShown()) show(requested);
  });
}

/** Shows a cart as bought: the next one is opened when something is put into it. */
export function sold(cart: Cart): void {
  begin();
  bought.value = cart;
  say(['Bought. A new cart begins with what you add next.']);
}

/** Explains a rejection, beside the cart as it is now: what was rejected was decided on an older state of it. */
export function rejected(isShown: () => boolean): (error: unknown) => Promise<undefined> {
  return async (error) => {
    if (isShown() && error instanceof Problem && error.status === 409) await readCart();
    return forgetIfGone(isShown)(explainRejection(error));
  };
}

/** What went wrong with a cart that is no longer shown is nobody's concern. */
function forgetIfGone(isShown: () => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!isShown()) return;
    if (!isGone(error)) throw error;
    begin();
    say(['The cart is gone. A new one begins with what you add next.']);
  };
}

/** Whether a cart is not there any more, or takes nothing any more. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'cart-not-found' || error.code === 'cart-closed');
}
