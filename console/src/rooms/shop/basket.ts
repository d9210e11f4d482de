import { signal } from '@preact/signals';
import { ask, type Asked, Problem } from '../../api.ts';
import { type Cart, cartPath, type Product } from '../../commerce.ts';
import { createDoings } from '../../doings.ts';
import { cartId, user } from '../../session.ts';
import { changesBetween, personOf } from './notices.ts';

/** The cart that the shop shows; undefined where none is open yet. */
export const cart = signal<Cart | undefined>(undefined);
/** What was bought last. */
export const bought = signal<Cart | undefined>(undefined);
/** What happened to the cart last, to be said and read aloud. */
export const said = signal('');
/** `add:ID` and `line:ID` of a product, `checkout`, `cart` and `sign-in`. */
export const doings = createDoings();

/** Shows a cart, and says what became of it, unless a newer state of it is shown already. */
export function show(next: Cart): void {
  const shown = cart.value;
  const isSame = shown?.cartId === next.cartId;
  if (isSame && next.version < shown.version) return;
  if (isSame) say(changesBetween(shown, next));
  cart.value = next;
  cartId.value = next.cartId;
  const isThere = (name: string) => next.items.some(({ productId }) => name === `line:${productId}`);
  doings.forget((name) => name.startsWith('line:') && !isThere(name));
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

/** Asks the Cart API as whoever is signed in. */
export async function askAsUser<T>(path: string, asked: Asked = {}): Promise<T> {
  try {
    const { body } = await ask<T>(path, { ...asked, token: user.value?.token });
    return body;
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && user.value) {
      const name = personOf(user.value.name);
      user.value = undefined;
      begin();
      throw new Error(`You are no longer signed in. Sign in again: ${name}'s cart is kept.`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Reads the cart again. One that was sold meanwhile counts as bought; one that is gone is forgotten. */
export function readCart(): Promise<void> {
  return doings.run('cart', async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const found = await askAsUser<Cart>(cartPath(id)).catch(forgetIfGone);
    if (cartId.value !== id || !found) return;
    if (found.status === 'checkedOut') sold(found);
    else if (found.status === 'merged') begin();
    else show(found);
  });
}

/** Puts one unit of a product into the cart, which is opened if there is none or it is gone. */
export function add({ productId }: Pick<Product, 'productId'>): Promise<void> {
  return doings.run(`add:${productId}`, async () => {
    const put = async () => {
      if (cartId.value === undefined) show(await askAsUser<Cart>('/carts', { method: 'POST' }));
      const path = cartPath(cartId.value ?? '', 'items');
      return askAsUser<Cart>(path, { method: 'POST', body: { productId, qty: 1 } });
    };
    const filled = await put().catch((error: unknown) => {
      if (!isGone(error)) throw error;
      begin();
      return put();
    });
    show(filled);
    bought.value = undefined;
  });
}

/** Sets a line's quantity; 0 removes it. */
export function setQty(productId: string, qty: number): Promise<void> {
  return changeLine(productId, { method: 'PUT', body: { qty } });
}

/** Agrees to what the product of a line costs now. */
export function acceptPrice(productId: string): Promise<void> {
  return changeLine(productId, { method: 'POST' }, 'accept-price');
}

export function remove(productId: string): Promise<void> {
  return changeLine(productId, { method: 'DELETE' });
}

function changeLine(productId: string, asked: Asked, ...way: readonly string[]): Promise<void> {
  return doings.run(`line:${productId}`, async () => {
    const id = cartId.value;
    if (id === undefined) return;
    const changed = await askAsUser<Cart>(cartPath(id, 'items', productId, ...way), asked).catch(
      forgetIfGone,
    );
    if (changed) show(changed);
  });
}

/** Of a checkout that nobody has answered yet: repeated with the same key, it happens once. */
let unanswered: { readonly cartId: string; readonly key: string } | undefined;

/** Buys what is in the cart. Where lines stand in the way, it says so and reads the cart again. */
export function checkOut(): Promise<void> {
  return doings.run('checkout', async () => {
    const id = cartId.value;
    if (id === undefined) return;
    if (unanswered?.cartId !== id) unanswered = { cartId: id, key: crypto.randomUUID() };
    const asked: Asked = { method: 'POST', idempotencyKey: unanswered.key };
    try {
      const answer = await askAsUser<Cart>(cartPath(id, 'checkout'), asked);
      unanswered = undefined;
      sold(answer);
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) unanswered = undefined;
      if (error instanceof Problem && error.status === 409) await readCart();
      forgetIfGone(error);
    }
  });
}

function sold(cart: Cart): void {
  begin();
  bought.value = cart;
  say(['Bought. A new cart begins with what you add next.']);
}

function forgetIfGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
  begin();
  say(['The cart is gone. A new one begins with what you add next.']);
}

/** Whether a cart is not there any more, or takes nothing any more. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'cart-not-found' || error.code === 'cart-closed');
}
