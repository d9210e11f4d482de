import { createHash } from 'node:crypto';
import type { App } from '@tandem/chassis/http/types';
import { isNotModified, parsePreconditions } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import { acceptPrice, addItem, removeItem, setQuantity } from '../domain/cart.ts';
import { sellable } from '../domain/catalog.ts';
import type { CartView } from '../domain/view.ts';
import type { Carts, Change } from './carts.ts';
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
    async (request, reply) => {
      const cart = await carts.open(request);
      return reply
        .code(201)
        .header('location', `/carts/${cart.cartId}`)
        .header('etag', tagOf(cart))
        .send(cart);
    },
  );

  app.get(
    '/carts',
    {
      schema: {
        summary: "List the open carts of the token's user",
        querystring: schemas.mine,
        response: { 200: schemas.cartPage },
      },
      config: { authenticated: true },
    },
    async ({ identity, query: { limit, cursor } }) => {
      const page = await carts.list(identity, { limit, ...(cursor && { cursor }) });
      return { items: page.items, ...(page.cursor && { nextCursor: page.cursor }) };
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
    async (request, reply) => {
      const cart = await carts.read(request, request.params.cartId);
      const tag = tagOf(cart);
      reply.header('etag', tag);
      return isNotModified(parsePreconditions(request.headers), tag) ? reply.code(304).send() : cart;
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
    (request) => {
      const { productId, qty } = request.body;
      const add: Change = (cart, catalog, moment) => addItem(cart, sellable(catalog, productId), qty, moment);
      return carts.change(request, request.params.cartId, add, productId);
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
    (request) => {
      const { cartId, productId } = request.params;
      const set: Change = (cart, catalog, moment) =>
        setQuantity(cart, productId, () => sellable(catalog, productId), request.body.qty, moment);
      return carts.change(request, cartId, set, productId);
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
    (request) => {
      const { cartId, productId } = request.params;
      return carts.change(request, cartId, (cart, _catalog, moment) => removeItem(cart, productId, moment));
    },
  );

  app.delete(
    '/carts/:cartId',
    {
      schema: {
        summary: 'Empty the cart and close it: its stock returns',
        params: schemas.byCart,
        response: { 204: noBody('Deleted') },
      },
      config: { problems: [404, 409] },
    },
    async (request, reply) => {
      await carts.delete(request, request.params.cartId);
      return reply.code(204).send();
    },
  );

  app.post(
    '/carts/:cartId/items/:productId/accept-price',
    {
      schema: {
        summary: "Take the product's current price for the line's own",
        params: schemas.byLine,
        response: { 200: schemas.cart },
      },
      config: { problems: [404, 409] },
    },
    (request) => {
      const { cartId, productId } = request.params;
      return carts.change(request, cartId, (cart, catalog, moment) =>
        acceptPrice(cart, productId, () => sellable(catalog, productId), moment),
      );
    },
  );

  app.post(
    '/carts/:cartId/merge',
    {
      schema: {
        summary: "Move another cart's lines to this one: once, however often it is called",
        params: schemas.byCart,
        body: schemas.cartToMerge,
        response: { 200: schemas.cart },
      },
      config: { problems: [404, 409] },
    },
    (request) => carts.merge(request, request.params.cartId, request.body.fromCartId),
  );

  app.post(
    '/carts/:cartId/checkout',
    {
      schema: {
        summary: 'Sell the cart as it stands: refused with the lines whose price or availability has changed',
        params: schemas.byCart,
        response: { 200: schemas.cart },
      },
      config: { problems: [404, 409] },
    },
    (request) => carts.checkOut(request, request.params.cartId),
  );
}

/** Changes with the cart and with what the catalog says of its products. */
function tagOf(cart: CartView): string {
  const digest = createHash('sha256').update(JSON.stringify(cart)).digest('base64url').slice(0, 12);
  return `"${cart.version}-${digest}"`;
}
