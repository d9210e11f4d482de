import type { App } from '@tandem/chassis/http/types';
import type { Carts, Change } from '../application/types.ts';
import { acceptPrice } from '../domain/accept-price.ts';
import { addItem, removeItem, setQuantity } from '../domain/cart.ts';
import { requireProduct } from '../domain/catalog.ts';
import * as costs from './costs.ts';
import { respondToChange } from './requests.ts';
import * as schemas from './schemas.ts';

/** Routes of a cart's lines. Prices are read from the catalog, never from the request. */
export function registerItemRoutes(app: App, carts: Carts): void {
  app.post(
    '/carts/:cartId/items',
    {
      schema: {
        summary: 'Add units of a product and request their hold',
        params: schemas.byCart,
        headers: schemas.lineWrite,
        body: schemas.itemToAdd,
        response: { 200: schemas.cart, 204: schemas.changedLine },
      },
      config: { cost: costs.changeLine, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { productId, qty } = request.body;
      const add: Change = (cart, catalog, times) =>
        addItem(cart, requireProduct(catalog, productId), qty, times);
      return respondToChange(carts, request, reply, add, productId);
    },
  );

  app.put(
    '/carts/:cartId/items/:productId',
    {
      schema: {
        summary: "Set the quantity of a product's line; the current quantity again requests a missing hold",
        params: schemas.byLine,
        headers: schemas.lineWrite,
        body: schemas.quantity,
        response: { 200: schemas.cart, 204: schemas.changedLine },
      },
      config: { cost: costs.changeLine, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { productId } = request.params;
      const set: Change = (cart, catalog, times) =>
        setQuantity(cart, productId, catalog, request.body.qty, times);
      return respondToChange(carts, request, reply, set, productId);
    },
  );

  app.delete(
    '/carts/:cartId/items/:productId',
    {
      schema: {
        summary: 'Remove a line item; 200 also if the cart has none',
        params: schemas.byLine,
        headers: schemas.lineWrite,
        response: { 200: schemas.cart, 204: schemas.changedLine },
      },
      config: { cost: costs.changeLine, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { productId } = request.params;
      const remove: Change = (cart, _catalog, times) => removeItem(cart, productId, times);
      return respondToChange(carts, request, reply, remove, productId);
    },
  );

  app.post(
    '/carts/:cartId/items/:productId/accept-price',
    {
      schema: {
        summary:
          "Accept the product's current price for a line item; 409 with the line if the price in the body differs",
        params: schemas.byLine,
        headers: schemas.lineWrite,
        body: schemas.acceptedPrice,
        response: { 200: schemas.cart, 204: schemas.changedLine },
      },
      config: { cost: costs.changeLine, problems: [404, 409, 412] },
    },
    async (request, reply) => {
      const { productId } = request.params;
      const accept: Change = (cart, catalog, times) =>
        acceptPrice(cart, productId, catalog, request.body, times);
      return respondToChange(carts, request, reply, accept, productId);
    },
  );
}
