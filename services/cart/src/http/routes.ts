import { createHash } from 'node:crypto';
import type { App } from '@tandem/chassis/http/types';
import { isNotModified, parsePreconditions } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import { addItem, removeItem, setQuantity } from '../domain/cart.ts';
import type { CartView } from '../domain/view.ts';
import type { Carts } from './carts.ts';
import * as schemas from './schemas.ts';

/** The cart API. Prices come from the catalog alone, never from the client. */
export function registerCartRoutes(app: App, carts: Carts): void {
  app.post(
    '/carts',
    {
      schema: {
        summary: "Open a cart: the token's user's, or a guest's without one",
        response: { 201: schemas.cart },
      },
    },
    async ({ identity }, reply) => {
      const cart = await carts.open(identity?.subject);
      return reply
        .code(201)
        .header('location', `/carts/${cart.cartId}`)
        .header('etag', tagOf(cart))
        .send(cart);
    },
  );

  app.get(
    '/carts/:cartId',
    {
      schema: {
        summary: 'Fetch a cart beside what its products now cost and whether they can be had',
        params: schemas.byCart,
        headers: schemas.conditionalRead,
        response: { 200: schemas.cart, 304: noBody('The cart is as the ETag says') },
      },
      config: { problems: [404] },
    },
    async ({ identity, params: { cartId }, headers }, reply) => {
      const cart = await carts.read(identity?.subject, cartId);
      const tag = tagOf(cart);
      reply.header('etag', tag);
      return isNotModified(parsePreconditions(headers), tag) ? reply.code(304).send() : cart;
    },
  );

  app.post(
    '/carts/:cartId/items',
    {
      schema: {
        summary: 'Add units of a product',
        params: schemas.byCart,
        body: schemas.itemToAdd,
        response: { 200: schemas.cart },
      },
      config: { problems: [404, 409] },
    },
    async ({ identity, params: { cartId }, body: { productId, qty } }) => {
      const product = await carts.offer(productId);
      return carts.change(identity?.subject, cartId, (cart, moment) => addItem(cart, product(), qty, moment));
    },
  );

  app.put(
    '/carts/:cartId/items/:productId',
    {
      schema: {
        summary: "Set the quantity of a product's line",
        params: schemas.byLine,
        body: schemas.quantity,
        response: { 200: schemas.cart },
      },
      config: { problems: [404, 409] },
    },
    async ({ identity, params: { cartId, productId }, body: { qty } }) => {
      const product = await carts.offer(productId);
      return carts.change(identity?.subject, cartId, (cart, moment) =>
        setQuantity(cart, productId, product, qty, moment),
      );
    },
  );

  app.delete(
    '/carts/:cartId/items/:productId',
    {
      schema: {
        summary: 'Remove a line; one that is not there is no error',
        params: schemas.byLine,
        response: { 200: schemas.cart },
      },
      config: { problems: [404, 409] },
    },
    async ({ identity, params: { cartId, productId } }) =>
      carts.change(identity?.subject, cartId, (cart, moment) => removeItem(cart, productId, moment)),
  );

  app.delete(
    '/carts/:cartId',
    {
      schema: {
        summary: 'Empty the cart and close it: its stock returns',
        params: schemas.byCart,
        response: { 204: noBody('Deleted') },
      },
      config: { problems: [404] },
    },
    async ({ identity, params: { cartId } }, reply) => {
      await carts.delete(identity?.subject, cartId);
      return reply.code(204).send();
    },
  );
}

/** Changes with the cart and with what the catalog says of its products. */
function tagOf(cart: CartView): string {
  const digest = createHash('sha256').update(JSON.stringify(cart)).digest('base64url').slice(0, 12);
  return `"${cart.version}-${digest}"`;
}
