import { computed, signal, type Signal } from '@preact/signals';
import { Problem, request, type RequestOptions } from './api.ts';
import { hash } from './parts/address.ts';

/** Signal that is stored, and shared by all tabs of the browser: a change in one is seen by the others. */
function persisted<T>(key: string, initial: T): Signal<T> {
  const read = () => (parsed(localStorage.getItem(key)) as T | undefined) ?? initial;
  const value = signal<T>(read());
  value.subscribe((current) => {
    const text = current === undefined ? null : JSON.stringify(current);
    if (text === localStorage.getItem(key)) return;
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  });
  addEventListener('storage', (event) => {
    // Without a key, everything was removed.
    if (event.key === key || event.key === null) value.value = read();
  });
  return value;
}

/** Stored value; undefined if there is none, or if it is not JSON. */
function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Operator token, with the scopes `products:write`, `analytics:read` and `operator`. */
export const operatorToken = persisted<string | undefined>('operator', undefined);
/** Signed-in demo user. */
export const user = persisted<{ readonly name: string; readonly token: string } | undefined>(
  'user',
  undefined,
);
/** Id of the cart in the shop: a guest's, which is a secret, or the user's. */
export const cartId = persisted<string | undefined>('cart', undefined);
/** Id of a guest's cart that was kept apart from the user's at sign-in; shown again after the sign-out. */
export const guestCartId = persisted<string | undefined>('guest-cart', undefined);
/** Orders that were placed as a guest in this browser, newest first: only their ids, which are secrets, lead back to them. */
export const guestOrders = persisted<readonly { readonly number: string; readonly cartId: string }[]>(
  'guest-orders',
  [],
);
/** Colour scheme that the reader has chosen; undefined: that of the device. */
export const colorScheme = persisted<'light' | 'dark' | undefined>('color-scheme', undefined);
colorScheme.subscribe((scheme) => {
  document.documentElement.style.colorScheme = scheme ?? '';
});

export const isOperator = computed(() => operatorToken.value !== undefined);

/** Time at which the operator token expires, in milliseconds since the epoch; undefined if it says nothing. */
export const operatorUntil = computed(() => expiryOf(operatorToken.value));

/** Expiry of a JSON Web Token in milliseconds since the epoch; undefined if it cannot be read. */
export function expiryOf(token: string | undefined): number | undefined {
  try {
    const payload = token?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload ?? '')) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

/** Sends a request as the operator, and resolves to the body of the response. A token that is not valid any more signs out. */
export async function requestAsOperator<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const token = operatorToken.value;
  try {
    return (await request<T>(path, { ...options, token })).body;
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && operatorToken.value === token)
      operatorToken.value = undefined;
    throw error;
  }
}

/** Signs in as operator. Rejects with a {@link Problem} if the system does not accept the token. */
export async function signInAsOperator(token: string): Promise<void> {
  await request('/console/dead-letters', { token });
  operatorToken.value = token;
}

/** Moves the token of the link that `npm start` prints (`#operator=…`) from the URL to the session. */
export function readOperatorTokenFromUrl(): void {
  const [, token] = /^#operator=(.+)$/.exec(hash.peek()) ?? [];
  if (token === undefined) return;
  operatorToken.value = token;
  history.replaceState(null, '', '#/flow');
  hash.value = location.hash;
}
