import { allowsWrite, parsePreconditions } from '@tandem/chassis/http/preconditions';
import { IDEMPOTENCY_KEY } from '@tandem/chassis/http/idempotency';
import { noBody } from '@tandem/chassis/http/schema';
import type { App } from '@tandem/chassis/http/types';
import { DomainError } from '@tandem/chassis/errors';
import type { Carts } from '../application/types.ts';
import { renewHolds } from '../domain/hold.ts';
import { newGuestCartId, newUserCartId, openCartId, publicIdOf, sealCartId } from './cart-ids.ts';
import * as costs from './costs.ts';
import { registerItemRoutes } from './item-routes.ts';
import { callerOf, respond } from './requests.ts';
import * as schemas from './schemas.ts';

/**
 * The cart API. A guest's cart has two ids: the API id contains the secret that grants access; the public id is derived
 * from it, stored and published. The layers below these routes use public ids only.
 */
export function registerCartRoutes(app: App, carts: Carts, now: () => string): void {
  app.post(
    '/carts',
    {
      schema: {
        summary: 'Open a cart for the user of the token, or for a guest without a token',
        headers: schemas.conditionalWrite,
        response: { 201: schemas.cart },
      },
      config: { cost: costs.open, problems: [412] },
    },
    async (request, reply) => {
      if (!allowsWrite(parsePreconditions(request.headers), undefined)) {
        throw new DomainError(
          'preconditionFailed',
          'precondition-failed',
          'A new cart has no ETag. Omit If-Match.',
        );
      }
      const key = request.headers[IDEMPOTENCY_KEY];
      const newId = request.identity ? newUserCartId() : newGuestCartId(Date.parse(now()));
      const seal = !request.identity && typeof key === 'string' ? [sealCartId(newId, key)] : [];
      const { cart, sealedId } = await carts.open(callerOf(request, newId), publicIdOf(newId), ...seal);
      const guestCartId =
        sealedId !== undefined && typeof key === 'string' ? openCartId(sealedId, key) : newId;
      const cartId = request.identity ? cart.cartId : guestCartId;
      return reply
        .code(201)
        .header('location', `/carts/${cartId}`)
        .send(respond(reply, cart, cartId));
    },
  );

  app.get(
    '/carts',
    {
      schema: {
        summary: "List the open carts or the orders of the token's user",
        querystring: schemas.mine,
        response: { 200: schemas.cartPage },
      },
      config: { authenticated: true, cost: costs.list },
    },
    async ({ identity, query: { status, limit, cursor }, charge }) => {
      const page = await carts.list(identity, { status, limit, ...(cursor && { cursor }) });
      const lines = page.items.reduce((sum, { items }) => sum + items.length, 0);
      charge(page.cartsRead * costs.LISTED + lines * costs.read.perLine);
      return { items: page.items, ...(page.cursor && { nextCursor: page.cursor }) };
    },
  );

  app.get(
    '/carts/:cartId',
    {
      schema: {
        summary: 'Get a cart with the current prices and availability of its products',
        params: schemas.byCart,
        headers: schemas.conditionalRead,
        response: { 200: schemas.cart, 304: noBody('Not modified') },
      },
      config: { cost: costs.read, problems: [404] },
    },
    async (request, reply) => {
      const { cartId } = request.params;
      return respond(reply, await carts.read(callerOf(request, cartId), publicIdOf(cartId)), cartId);
    },
  );

  app.delete(
    '/carts/:cartId',
    {
      schema: {
        summary: 'Delete a cart and release its stock. An order cannot be deleted',
        params: schemas.byCart,
        headers: schemas.conditionalWrite,
        response: { 204: noBody('Deleted') },
      },
      config: { cost: costs.changeAllLines, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { cartId } = request.params;
      await carts.delete(callerOf(request, cartId), publicIdOf(cartId));
      return reply.code(204).send();
    },
  );

  app.post(
    '/carts/:cartId/hold',
    {
      schema: {
        summary: 'Renew the hold of each line, and request holds for lines without one',
        params: schemas.byCart,
        headers: schemas.conditionalWrite,
        response: { 200: schemas.cart },
      },
      config: { cost: costs.changeAllLines, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { cartId } = request.params;
      return respond(
        reply,
        await carts.change(callerOf(request, cartId), publicIdOf(cartId), renewHolds),
        cartId,
      );
    },
  );

  app.post(
    '/carts/:cartId/merge',
    {
      schema: {
        summary: 'Merge another cart into this one; a retry moves no line twice',
        params: schemas.byCart,
        headers: schemas.conditionalWrite,
        body: schemas.cartToMerge,
        response: { 200: schemas.cart },
      },
      config: { cost: costs.changeAllLines, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { cartId } = request.params;
      const { fromCartId } = request.body;
      const caller = callerOf(request, cartId, fromCartId);
      return respond(reply, await carts.merge(caller, publicIdOf(cartId), publicIdOf(fromCartId)), cartId);
    },
  );

  app.post(
    '/carts/:cartId/checkout',
    {
      schema: {
        summary:
          'Check out the cart; 409 with the lines if a price, the stock or the expected total has changed',
        params: schemas.byCart,
        headers: schemas.conditionalWrite,
        body: schemas.expectedTotal,
        response: { 200: schemas.cart },
      },
      config: { waits: true, cost: costs.changeAllLines, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { cartId } = request.params;
      const cart = await carts.checkOut(callerOf(request, cartId), publicIdOf(cartId), request.body);
      return respond(reply, cart, cartId);
    },
  );

  registerItemRoutes(app, carts);
}
