import { computed, signal } from '@preact/signals';

/** A value that outlives a reload of the page, in this tab alone. */
function kept<T>(key: string, initial: T) {
  const stored = sessionStorage.getItem(key);
  const value = signal<T>(stored === null ? initial : (JSON.parse(stored) as T));
  value.subscribe((it) => {
    if (it === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(it));
  });
  return value;
}

/** The operator's token, with the scopes `products:write` and `operator`. */
export const operatorToken = kept<string | undefined>('operator', undefined);
/** The demo user who is signed in. */
export const user = kept<{ readonly name: string; readonly token: string } | undefined>('user', undefined);
/** The cart that the shop shows: a guest's or the user's. */
export const cartId = kept<string | undefined>('cart', undefined);

export const isOperator = computed(() => operatorToken.value !== undefined);

/** Takes the token from the link that `npm start` prints (`#operator=…`) out of the address. */
export function takeOperatorToken(): void {
  const [, token] = /^#operator=(.+)$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  operatorToken.value = token;
  history.replaceState(null, '', '#/flow');
}
