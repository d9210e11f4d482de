import type { FastifyReply, FastifyRequest } from 'fastify';
import { isEmpty } from '@tandem/chassis/http/json-body';
import { parsePreconditions } from '@tandem/chassis/http/preconditions';
import type { Caller } from '../application/types.ts';
import type { CartView } from '../domain/view.ts';
import { isGuestCartId, publicIdOf } from './cart-ids.ts';
import { allowsWriteOn, cartTag } from './cart-tag.ts';

type Conditions = Parameters<typeof parsePreconditions>[0];

/** The caller of a request for these carts, which are named by their API ids. */
export function callerOf(
  request: Pick<FastifyRequest, 'identity' | 'idempotent' | 'idle'> & { readonly headers: Conditions },
  ...cartIds: readonly string[]
): Caller {
  const { identity, idempotent, headers } = request;
  const guestCarts = new Set(cartIds.filter(isGuestCartId).map(publicIdOf));
  const preconditions = parsePreconditions(headers);
  return {
    identity,
    idempotent,
    knowsSecretOf: (cartId) => guestCarts.has(cartId),
    meetsPreconditions: (cart) => allowsWriteOn(cart, preconditions),
    idle: (wait) => request.idle(wait),
  };
}

/** Sets the ETag; returns the cart with the API id that the caller used. */
export function respond(reply: FastifyReply, cart: CartView, cartId: string): CartView {
  reply.header('etag', cartTag(cart));
  return { ...cart, cartId };
}

/** Hook of a route with an optional body: accepts an empty body of any content type. */
export function acceptEmptyBody(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (isEmpty(request)) {
    // Without this, the framework would parse the empty body as JSON, and pass an absent one as null.
    delete request.headers['content-type'];
    request.body = {};
  }
  done();
}
