import { computed, signal } from '@preact/signals';

/** Signal that is stored in the tab's session storage, and survives a reload. */
function persisted<T>(key: string, initial: T) {
  const stored = sessionStorage.getItem(key);
  const value = signal<T>(stored === null ? initial : (JSON.parse(stored) as T));
  value.subscribe((current) => {
    if (current === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(current));
  });
  return value;
}

/** Operator token, with the scopes `products:write` and `operator`. */
export const operatorToken = persisted<string | undefined>('operator', undefined);
/** Signed-in demo user. */
export const user = persisted<{ readonly name: string; readonly token: string } | undefined>(
  'user',
  undefined,
);
/** Id of the cart in the shop: a guest's or the user's. */
export const cartId = persisted<string | undefined>('cart', undefined);

export const isOperator = computed(() => operatorToken.value !== undefined);

/** Moves the token of the link that `npm start` prints (`#operator=…`) from the URL to the session. */
export function readOperatorTokenFromUrl(): void {
  const [, token] = /^#operator=(.+)$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  operatorToken.value = token;
  history.replaceState(null, '', '#/flow');
}
