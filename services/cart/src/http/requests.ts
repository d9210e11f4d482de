import type { FastifyReply, FastifyRequest } from 'fastify';
import { isEmpty } from '@tandem/chassis/http/json-body';
import { parsePreconditions } from '@tandem/chassis/http/preconditions';
import type { Caller } from '../application/types.ts';
import type { CartView } from '../domain/view.ts';
import { holdsSecret, publicIdOf } from './cart-ids.ts';
import { allowsWriteOn, cartTag } from './cart-tag.ts';

type Conditions = Parameters<typeof parsePreconditions>[0];

/** The caller of a request that names these carts by their ids in the API. */
export function callerOf(
  request: Pick<FastifyRequest, 'identity' | 'idempotent' | 'idle'> & { readonly headers: Conditions },
  ...cartIds: readonly string[]
): Caller {
  const { identity, idempotent, headers } = request;
  const secretlyNamed = new Set(cartIds.filter(holdsSecret).map(publicIdOf));
  const preconditions = parsePreconditions(headers);
  return {
    identity,
    idempotent,
    knowsSecretOf: (cartId) => secretlyNamed.has(cartId),
    isAllowedOn: (cart) => allowsWriteOn(cart, preconditions),
    idle: (wait) => request.idle(wait),
  };
}

/** The cart under the id that the caller used, with its ETag. */
export function respond(reply: FastifyReply, cart: CartView, cartId: string): CartView {
  reply.header('etag', cartTag(cart));
  return { ...cart, cartId };
}

/** For a route whose body may be left out: an empty one, of any content type, is as good as none. */
export function takeEmptyBody(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (isEmpty(request)) {
    // The framework would parse it as JSON, and takes an absent body for null.
    delete request.headers['content-type'];
    request.body = {};
  }
  done();
}
