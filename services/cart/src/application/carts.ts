import { transactIdempotently } from '@tandem/storage/idempotent-transaction';
import { put } from '@tandem/storage/table';
import { mergeableBy, visibleTo } from '../domain/access.ts';
import { deleteCart, openCart } from '../domain/cart.ts';
import { mergeCarts } from '../domain/merge.ts';
import { viewOf, type VisibleCart } from '../domain/view.ts';
import { cartKey, catalogKey } from '../store/entity-types.ts';
import { createCheckout } from './checkout.ts';
import { accessOf, createDecisions, productsOf } from './decisions.ts';
import { createLists } from './lists.ts';
import type { Carts, CartsDeps, OpenedCart } from './types.ts';

export type { Caller, Carts, CartsDeps, Change } from './types.ts';

/** Creates the commands of carts: each call is one decision, which commits together with its events. */
export function createCarts(deps: CartsDeps): Carts {
  const { table } = deps;
  const decisions = createDecisions(deps);
  const { timesOf, catalogOf, change, changeSeveral } = decisions;
  const listOf = createLists(table, decisions);

  return {
    open({ identity, idempotent }, cartId, sealedId) {
      const userId = identity?.subject ?? null;
      return transactIdempotently<OpenedCart>(table, idempotent, [cartKey(cartId)], () => {
        const { state, events } = openCart(cartId, userId, timesOf({ userId }));
        const cart = viewOf(state as VisibleCart, catalogOf([]));
        const response = { cart, ...(sealedId === undefined ? {} : { sealedId }) };
        return { response, writes: [put(cartKey(cartId), state, events)] };
      });
    },

    async read(caller, cartId) {
      const cart = visibleTo(accessOf(caller), await table.get(cartKey(cartId)));
      return viewOf(cart, catalogOf(await table.getMany(productsOf(cart).map(catalogKey))));
    },

    async list(identity, query) {
      return identity ? listOf(identity.subject, query) : { items: [] };
    },

    change,

    merge(caller, targetId, sourceId) {
      return changeSeveral(caller, [targetId, sourceId], (target, [sourceCart], catalog) => {
        const source = targetId === sourceId ? target : mergeableBy(accessOf(caller), sourceCart, targetId);
        const mergeTimes = { target: timesOf(target), source: timesOf(source) };
        const decisions = mergeCarts(target, source, catalog, mergeTimes);
        return [decisions.target, decisions.source];
      });
    },

    checkOut: createCheckout(deps, decisions),

    async delete(caller, cartId) {
      await change({ ...caller, idempotent: undefined }, cartId, (cart, _catalog, times) =>
        deleteCart(cart, times),
      );
    },
  };
}
