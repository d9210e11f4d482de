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
  const { timesOf, catalogOf, cartOf, change, changeOnly, changeSeveral } = decisions;
  const listOf = createLists(table, decisions);

  return {
    async open(caller, cartId, sealedId) {
      const userId = caller.identity?.subject ?? null;
      const unstoredCart = cartOf(caller, cartId, undefined);
      const decide = () => {
        const state = unstoredCart ?? openCart(cartId, userId, timesOf({ userId })).state;
        const cart = viewOf(state as VisibleCart, catalogOf([]));
        const response: OpenedCart = { cart, ...(sealedId === undefined ? {} : { sealedId }) };
        return { response, writes: unstoredCart ? [] : [put(cartKey(cartId), state)] };
      };
      if (unstoredCart && !caller.idempotent) return decide().response;
      caller.onLinesRead?.(0);
      return transactIdempotently(table, caller.idempotent, unstoredCart ? [] : [cartKey(cartId)], decide);
    },

    async read(caller, cartId) {
      const cart = visibleTo(accessOf(caller), cartOf(caller, cartId, await table.get(cartKey(cartId))));
      caller.onLinesRead?.(cart.lines.length);
      const keys = productsOf(cart).map(catalogKey);
      const read = await table.read(keys, { consistent: false });
      return viewOf(cart, catalogOf(keys.flatMap((key) => read.get(key) ?? [])));
    },

    async list(identity, query) {
      return identity ? listOf(identity.subject, query) : { items: [], cartsRead: 0 };
    },

    change,
    changeOnly,

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
      await changeOnly(caller, cartId, (cart, _catalog, times) => deleteCart(cart, times));
    },
  };
}
