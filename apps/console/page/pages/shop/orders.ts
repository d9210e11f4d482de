import { signal } from '@preact/signals';
import { coalesced } from '../../coalesced.ts';
import type { Cart, CartPage } from '../../commerce.ts';
import { createDoings } from '../../doings.ts';
import { user } from '../../session.ts';
import { askAsUser, bought } from './basket.ts';

/** The orders of the user who is signed in, the newest first; undefined until they were read. */
export const orders = signal<readonly Cart[] | undefined>(undefined);
/** Where older orders begin; undefined without any. */
export const olderCursor = signal<string | undefined>(undefined);
/** `read`. */
export const doings = createDoings();

/** Reads the newest orders, or those after a cursor, which are added to the list. Of a guest there are none. */
export function readOrders(cursor?: string): Promise<void> {
  return doings.run('read', async () => {
    const who = user.value;
    if (!who) return;
    const query = new URLSearchParams({ mine: 'true', status: 'checkedOut' });
    if (cursor !== undefined) query.set('cursor', cursor);
    const { items, nextCursor } = await askAsUser<CartPage>(`/carts?${query}`);
    if (user.value !== who) return;
    orders.value = cursor === undefined ? items : [...(orders.value ?? []), ...items];
    olderCursor.value = nextCursor;
  });
}

/** Keeps the list as whoever is signed in has it, also after a checkout, until the returned function is called. */
export function keepOrders(): () => void {
  const again = coalesced(readOrders, 0);
  const stopUser = user.subscribe(() => {
    orders.value = undefined;
    olderCursor.value = undefined;
    again();
  });
  const stopBought = bought.subscribe((order) => {
    if (order) again();
  });
  return () => {
    stopUser();
    stopBought();
  };
}
