import { signal } from '@preact/signals';
import { coalesce } from '../../coalesce.ts';
import type { Cart, CartPage } from '../../commerce.ts';
import { createActionState } from '../../action-state.ts';
import { user } from '../../session.ts';
import { requestAsUser, lastOrder } from './cart-state.ts';

/** Orders of the signed-in user, newest first; undefined until loaded. */
export const orders = signal<readonly Cart[] | undefined>(undefined);
/** Cursor of the next older orders; undefined without any. */
export const olderCursor = signal<string | undefined>(undefined);
/** Action: `read`. */
export const actions = createActionState();

/** Loads the newest orders, or appends those after a cursor. A guest has none. */
export function readOrders(cursor?: string): Promise<void> {
  return actions.run('read', async () => {
    const owner = user.value;
    if (!owner) return;
    const query = new URLSearchParams({ mine: 'true', status: 'checkedOut' });
    if (cursor !== undefined) query.set('cursor', cursor);
    const { items, nextCursor } = await requestAsUser<CartPage>(`/carts?${query}`);
    if (user.value !== owner) return;
    orders.value = cursor === undefined ? items : [...(orders.value ?? []), ...items];
    olderCursor.value = nextCursor;
  });
}

/** Reloads the orders when the user changes and after a checkout; returns the function that stops it. */
export function refreshOrdersOnChange(): () => void {
  const scheduleReload = coalesce(readOrders, 0);
  const stopUser = user.subscribe(() => {
    orders.value = undefined;
    olderCursor.value = undefined;
    scheduleReload();
  });
  const stopOrders = lastOrder.subscribe((order) => {
    if (order) scheduleReload();
  });
  return () => {
    stopUser();
    stopOrders();
  };
}
